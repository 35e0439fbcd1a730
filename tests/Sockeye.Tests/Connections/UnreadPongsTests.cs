using System.Net;
using System.Net.Sockets;
using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>A peer that sends pings and reads nothing costs no memory: only the latest pong is kept (RFC 6455 §5.5.3).</summary>
public sealed class UnreadPongsTests
{
    private const int Megabytes = 32, PingBytes = 6 + 125;

    [Theory]
    [InlineData(ServerTransport.Sockets)]
    [InlineData(ServerTransport.Epoll)]
    public async Task Pings_whose_pongs_are_never_read_leave_little_behind(ServerTransport transport)
    {
        Assert.SkipUnless(transport == ServerTransport.Sockets || OperatingSystem.IsLinux(), "epoll is Linux's");
        var buffered = new TaskCompletionSource<long>();
        var options = new WebSocketServerOptions { Transport = transport, Listen = { "ws://127.0.0.1:0" } };
        await using var server = await WebSocketServer.StartAsync(options, async connection =>
        {
            await connection.ReceiveAsync(TestContext.Current.CancellationToken);
            buffered.TrySetResult(connection.BufferedBytes);
        });
        var url = (await server.Started)[0];
        using var peer = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await peer.ConnectAsync(IPAddress.Loopback, url.Port);
        await peer.SendAsync(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: 127.0.0.1:{url.Port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        byte[] ping = new byte[PingBytes];
        (ping[0], ping[1]) = (0x89, 0x80 | 125);
        byte[] pings = [.. Enumerable.Repeat(ping, 1000).SelectMany(bytes => bytes)];
        for (int sent = 0; sent < Megabytes << 20; sent += pings.Length)
        {
            await peer.SendAsync(pings).WaitAsync(TimeSpan.FromSeconds(30));
        }

        await peer.SendAsync(new byte[] { 0x82, 0x80, 0, 0, 0, 0 });

        Assert.InRange(await buffered.Task.Soon(), 0, 20_000);
    }
}
