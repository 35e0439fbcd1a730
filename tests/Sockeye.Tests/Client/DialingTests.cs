using System.Net;
using System.Net.Sockets;
using Sockeye.Client;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Client;

/// <summary>Which name is looked up for an address.</summary>
public sealed class DialingTests
{
    [Theory]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("localhost", "localhost")]
    public async Task A_name_is_looked_up_in_ascii(string host, string expected)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        string? asked = null;
        var url = new Uri($"ws://{host}:{((IPEndPoint)listener.LocalEndPoint!).Port}/");
        var link = await Dialing.ConnectAsync(url, new WebSocketClientOptions(), CancellationToken.None, (name, _) =>
        {
            asked = name;
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        }).Soon();
        link.Discard();
        Assert.Equal(expected, asked);
    }

    [Theory]
    [InlineData("[::1]")]
    [InlineData("[::1%25lo]")] // with a zone (RFC 6874)
    [InlineData("[::1%251]")]
    public async Task An_address_is_not_looked_up(string host)
    {
        // Nobody listens there, or the machine has no IPv6: either way the address itself is what was tried.
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var url = new Uri($"ws://{host}:{((IPEndPoint)free.LocalEndPoint!).Port}/");
        await Assert.ThrowsAsync<SocketException>(() => Dialing.ConnectAsync(
            url, new WebSocketClientOptions(), CancellationToken.None, (name, _) => throw new InvalidOperationException(name)).Soon());
    }
}
