using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Transports;

/// <summary>TLS over the links of a server, at the end of a connection.</summary>
public sealed class TlsLinkTests
{
    [Theory]
    [InlineData(ServerTransport.Epoll)]
    [InlineData(ServerTransport.Sockets)]
    public async Task What_came_before_the_peers_end_is_received_however_late(ServerTransport transport)
    {
        const int count = 2000;
        var received = new List<string>();
        var opened = new TaskCompletionSource<WebSocketConnection>();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new WebSocketServer(
            new WebSocketServerOptions
            {
                Listen = { "wss://127.0.0.1:0" }, Transport = transport, Loops = 1, Certificate = TestCertificate.Localhost, ReadAheadBytes = 10_000,
            },
            async connection =>
            {
                if (!opened.TrySetResult(connection))
                {
                    return; // the second one: the server has looked at the first one's end by then
                }

                await go.Task;
                await foreach (var message in connection)
                {
                    received.Add(message.ToString());
                }

                done.SetResult();
            });
        await server.StartAsync();
        var url = (await server.Started)[0];
        using var peer = await RawPeer.OpenAsync(url);
        await peer.SendAsync([
            .. Enumerable.Range(0, count).SelectMany(i => RawPeer.Frame(0x81, Encoding.ASCII.GetBytes($"{i}"))),
            .. RawPeer.Frame(0x88, [0x0F, 0xA0])]);
        peer.ShutdownSend();
        var connection = await opened.Task.Soon();
        await Waits.Until(() => connection.Core.Inbox.IsPaused, "the receiver lags");
        using (await RawPeer.OpenAsync(url))
        {
            go.SetResult();
            await done.Task.Soon();
        }

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), received);
        Assert.Equal((CloseCode)4000, (await connection.Closed.Soon()).Code);
    }
}
