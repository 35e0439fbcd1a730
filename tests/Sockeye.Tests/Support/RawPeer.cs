using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Sockeye.Transports.Streams;

namespace Sockeye.Tests.Support;

/// <summary>A client that speaks bytes: whatever a test wants to send, and exactly what comes back.</summary>
internal sealed class RawPeer : IDisposable
{
    public const string Handshake =
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private readonly Socket? _socket;

    private RawPeer(Socket? socket, Stream stream) => (_socket, Stream) = (socket, stream);

    public Stream Stream { get; }

    public static async Task<RawPeer> ConnectAsync(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (url.Scheme == "wss")
        {
            var tls = new SslStream(stream, false, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync("localhost");
            stream = tls;
        }

        return new RawPeer(socket, stream);
    }

    /// <summary>With the opening handshake done.</summary>
    public static async Task<RawPeer> OpenAsync(Uri url) => await OpenAsync(await ConnectAsync(url));

    /// <summary>Over a pair of pipes within the process.</summary>
    public static Task<RawPeer> OpenAsync(WebSocketServer server)
    {
        var (up, down) = (new Pipe(), new Pipe());
        server.Attach(new Duplex(up.Reader, down.Writer));
        return OpenAsync(new RawPeer(null, new DuplexPipeStream(new Duplex(down.Reader, up.Writer))));
    }

    private static async Task<RawPeer> OpenAsync(RawPeer peer)
    {
        await peer.SendAsync(Handshake);
        string head = await peer.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        return peer;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public Task SendAsync(params byte[] bytes) => Stream.WriteAsync(bytes).Soon();

    /// <summary>A whole client frame with a mask of zeros.</summary>
    public Task SendFrameAsync(byte firstByte, ReadOnlySpan<byte> payload) => SendAsync(Frame(firstByte, payload));

    public static byte[] Frame(byte firstByte, ReadOnlySpan<byte> payload)
    {
        byte[] length = payload.Length < 126 ? [(byte)(0x80 | payload.Length)]
            : payload.Length < 65536 ? [0xFE, (byte)(payload.Length >> 8), (byte)payload.Length]
            : [0xFF, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length];
        return [firstByte, .. length, 0, 0, 0, 0, .. payload];
    }

    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            byte[] one = await ReadAsync(1);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes).Soon();
        return bytes;
    }

    /// <summary>The next frame of the server (short lengths only).</summary>
    public async Task<(byte First, byte[] Payload)> ReadFrameAsync()
    {
        byte[] head = await ReadAsync(2);
        int length = head[1];
        if (length == 126)
        {
            byte[] more = await ReadAsync(2);
            length = (more[0] << 8) | more[1];
        }
        else if (length == 127)
        {
            length = (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8));
        }

        return (head[0], await ReadAsync(length));
    }

    /// <summary>Everything up to the end of the stream.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        await Stream.CopyToAsync(all).Soon();
        return all.ToArray();
    }

    public void ShutdownSend() => _socket!.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        _socket!.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => Stream.Dispose();

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
