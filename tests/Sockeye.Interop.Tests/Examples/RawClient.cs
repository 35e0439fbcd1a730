using System.Net.Sockets;
using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.Examples;

/// <summary>A TCP connection that says what it is told to.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _tcp = new();

    public NetworkStream Stream => _tcp.GetStream();

    /// <summary>Connects.</summary>
    /// <param name="url">The server.</param>
    /// <param name="reset">Whether the connection is to end with a reset instead of an orderly end.</param>
    public static async Task<RawClient> ConnectAsync(string url, bool reset = false)
    {
        var client = new RawClient();
        client._tcp.LingerState = new LingerOption(reset, 0);
        var address = new Uri(url);
        await client._tcp.ConnectAsync(address.Host, address.Port).Soon();
        return client;
    }

    /// <summary>One request and all that is answered until the server ends the connection.</summary>
    public static async Task<string> AskAsync(string url, string request)
    {
        using var client = await ConnectAsync(url);
        await client.SendAsync(request);
        using var all = new MemoryStream();
        await client.Stream.CopyToAsync(all).Soon();
        return Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>Latin-1: a byte for each character.</summary>
    public Task SendAsync(string bytes) => Stream.WriteAsync(Encoding.Latin1.GetBytes(bytes)).Soon();

    public async Task<string> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes).Soon();
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>Expects just these bytes.</summary>
    public async Task ExpectAsync(string bytes) => Assert.Equal(bytes, await ReadAsync(bytes.Length));

    public void Dispose() => _tcp.Dispose();
}
