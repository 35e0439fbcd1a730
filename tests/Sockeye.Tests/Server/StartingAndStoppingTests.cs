using System.Net.Sockets;
using Sockeye.Tests.Support;
using Sockeye.Transports.Epoll;

namespace Sockeye.Tests.Server;

/// <summary>A start that fails, a stop that comes at a bad moment, and what each leaves behind: nothing.</summary>
public sealed class StartingAndStoppingTests
{
    private const int LoggedUndeletable = 24;

    [Theory]
    [InlineData(ServerTransport.Sockets)]
    [InlineData(ServerTransport.Epoll)]
    public async Task A_socket_file_that_cannot_be_deleted_does_not_keep_a_server_from_stopping(ServerTransport transport)
    {
        string folder = Directory.CreateTempSubdirectory("sockeye-").FullName;
        var log = new TestLog();
        var server = new WebSocketServer(
            new WebSocketServerOptions { Listen = { $"unix:{folder}/s", "ws://127.0.0.1:0" }, Transport = transport, LoggerFactory = log },
            async connection => await connection.ReceiveAsync());
        var bound = await server.StartAsync().Soon();
        using var client = await RawPeer.OpenAsync(bound[1]);
        Directory.Delete(folder, recursive: true);
        await server.StopAsync(TimeSpan.Zero).Soon();
        await server.Stopped.Soon();
        Assert.Equal(1, log.Count(LoggedUndeletable));
        await Waits.Until(() => server.ConnectionCount == 0, "the connection has ended");
        await Assert.ThrowsAnyAsync<SocketException>(() => RawPeer.ConnectAsync(bound[1]).Soon());
    }

    [Fact]
    public async Task A_server_with_a_handler_has_no_requests_to_accept()
    {
        await using var one = new WebSocketServer(new WebSocketServerOptions(), _ => Task.CompletedTask);
        await using var another = new WebSocketServer(new WebSocketServerOptions(), new Idle());
        var error = Assert.Throws<InvalidOperationException>(() => { _ = one.AcceptRequestsAsync(); });
        Assert.Equal("This server has a handler, which gets all connections: make it without one to accept requests.", error.Message);
        Assert.Throws<InvalidOperationException>(() => { _ = another.AcceptRequestsAsync(); });
    }

    [Fact]
    public async Task Who_waits_for_requests_of_a_server_that_cannot_start_waits_no_longer()
    {
        await using var first = await WebSocketServer.StartAsync("ws://127.0.0.1:0", _ => Task.CompletedTask);
        await using var second = new WebSocketServer(new WebSocketServerOptions { Listen = { (await first.Started)[0].ToString() } });
        await using var requests = second.AcceptRequestsAsync().GetAsyncEnumerator();
        var next = requests.MoveNextAsync();
        await Assert.ThrowsAsync<IOException>(() => second.StartAsync().Soon());
        Assert.False(await next.Soon());
    }

    [Fact]
    public async Task A_server_that_is_stopped_while_it_starts_leaves_no_thread_behind()
    {
        Assert.SkipUnless(EpollGroup.IsSupported, "Event loops need Linux.");
        const int Loops = 90; // no other test has as many, so the last one's name is ours; and making them takes a while
        for (int i = 0; i < 10; i++)
        {
            var server = new WebSocketServer(
                new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Transport = ServerTransport.Epoll, Loops = Loops }, _ => Task.CompletedTask);
            using var together = new Barrier(2);
            var starting = Task.Run(async () =>
            {
                together.SignalAndWait(Waits.Long);
                await server.StartAsync();
            });
            var stopping = Task.Run(async () =>
            {
                together.SignalAndWait(Waits.Long);
                await server.StopAsync(TimeSpan.Zero);
            });
            await stopping.Soon();
            await Task.WhenAny(starting).Soon();
            Assert.True(starting.IsCompletedSuccessfully || starting.Exception!.InnerException is InvalidOperationException);
            await server.Stopped.Soon();
        }

        await Waits.Until(() => !ThreadNames().Contains($"Sockeye loop {Loops - 1}"), "the loops end");
    }

    private static IEnumerable<string> ThreadNames()
    {
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            string name;
            try
            {
                name = File.ReadAllText(Path.Combine(thread, "comm")).Trim();
            }
            catch (IOException)
            {
                continue; // it ended meanwhile
            }

            yield return name;
        }
    }

    private sealed class Idle : WebSocketHandler
    {
        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
        {
        }
    }
}
