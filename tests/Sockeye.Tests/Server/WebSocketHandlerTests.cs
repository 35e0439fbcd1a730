using System.Collections.Concurrent;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Server;

/// <summary>The handler that sees each message in place, over sockets, loops and TLS.</summary>
public sealed class WebSocketHandlerTests
{
    public static TheoryData<string, ServerTransport> Ways => new()
    {
        { "ws://127.0.0.1:0", ServerTransport.Sockets },
        { "ws://127.0.0.1:0", ServerTransport.Epoll },
        { "wss://127.0.0.1:0", ServerTransport.Epoll },
    };

    [Theory, MemberData(nameof(Ways))]
    public async Task It_echoes_messages_of_all_sizes_in_order(string listen, ServerTransport transport)
    {
        var echo = new Echo();
        await using var server = await StartAsync(listen, transport, echo);
        await using var client = await ConnectAsync(server);
        foreach (int size in new[] { 0, 1, 125, 126, 65_536, 300_000, 1 << 20 })
        {
            byte[] payload = new byte[size];
            new Random(size).NextBytes(payload);
            await client.SendAsync(payload);
            Assert.True((await client.ReceiveAsync().Soon()).Span.SequenceEqual(payload));
        }

        var sending = Task.Run(async () =>
        {
            for (int i = 0; i < 5000; i++)
            {
                await client.SendAsync($"{i}");
            }

            await using var writer = client.StartMessage(MessageType.Text);
            await writer.WriteAsync("in "u8.ToArray());
            await writer.CompleteAsync("parts"u8.ToArray());
        });
        for (int i = 0; i < 5000; i++)
        {
            Assert.Equal($"{i}", (await client.ReceiveAsync().Soon()).ToString());
        }

        Assert.Equal("in parts", (await client.ReceiveAsync().Soon()).ToString());
        await sending.Soon();
        await client.CloseAsync((CloseCode)4000, "done").Soon();
        await Waits.Until(() => echo.Closed.Count == 1, "the close is seen");
        Assert.Equal((1, (CloseCode)4000), (echo.Opened, echo.Closed.Single().Code));
        await Waits.Until(() => server.ConnectionCount == 0, "the connection leaves");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Reading_pauses_while_the_peer_takes_no_replies(string listen, ServerTransport transport)
    {
        var echo = new Echo();
        await using var server = await StartAsync(listen, transport, echo);
        await using var client = await ConnectAsync(server, new WebSocketClientOptions { ReadAheadBytes = 0, DangerouslyAcceptAnyCertificate = true });
        const int count = 3000;
        var sending = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await client.SendAsync(new byte[8000]);
            }
        });
        await Waits.Until(() => server.Connections.Any(c => c.Core.Lags), "reading pauses");
        Assert.False(sending.IsCompleted);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(8000, (await client.ReceiveAsync().Soon()).Length);
        }

        await sending.Soon();
        Assert.Equal(0, echo.Refused);
        await client.DisposeAsync().Soon();
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task What_it_throws_closes_its_connection_only(string listen, ServerTransport transport)
    {
        var echo = new Echo();
        await using var server = await StartAsync(listen, transport, echo);
        await using var bad = await ConnectAsync(server);
        await using var good = await ConnectAsync(server);
        await bad.SendAsync("throw");
        Assert.Equal(CloseCode.InternalError, (await bad.Closed.Soon()).Code);
        await good.SendAsync("still here");
        Assert.Equal("still here", (await good.ReceiveAsync().Soon()).ToString());
        Assert.Throws<InvalidOperationException>(() => { _ = server.Connections.First().ReceiveAsync(); });
    }

    [Fact]
    public async Task On_a_loop_a_message_allocates_nothing()
    {
        var echo = new Echo();
        await using var server = await StartAsync("ws://127.0.0.1:0", ServerTransport.Epoll, echo, HandlerDispatch.Inline); // a busy machine moves nobody
        await using var client = await ConnectAsync(server);
        byte[] payload = new byte[16];
        for (int i = 0; i < 3000; i++)
        {
            await client.SendAsync(payload);
            await client.ReceiveAsync().Soon();
        }

        // The allocations of the loop's own thread between two messages, at the end of many. Now and then a collection counts into them.
        Assert.Equal(0, echo.LastAllocations.TakeLast(1000).Min());
        Assert.InRange(echo.LastAllocations.TakeLast(1000).Count(bytes => bytes != 0), 0, 10);
    }

    private static async Task<WebSocketServer> StartAsync(
        string listen, ServerTransport transport, WebSocketHandler handler, HandlerDispatch dispatch = HandlerDispatch.Automatic)
    {
        var server = new WebSocketServer(
            new WebSocketServerOptions { Listen = { listen }, Transport = transport, Loops = 2, Dispatch = dispatch, Certificate = TestCertificate.Localhost }, handler);
        await server.StartAsync();
        return server;
    }

    private static async Task<WebSocketConnection> ConnectAsync(WebSocketServer server, WebSocketClientOptions? options = null) =>
        await WebSocketClient.ConnectAsync((await server.Started)[0], options ?? new WebSocketClientOptions { DangerouslyAcceptAnyCertificate = true }).Soon();

    private sealed class Echo : WebSocketHandler
    {
        private long _allocated;
        private int _thread;

        public ConcurrentBag<CloseResult> Closed { get; } = [];

        public List<long> LastAllocations { get; } = new(10_000);

        public int Opened { get; private set; }

        public int Refused { get; private set; }

        public override void OnOpen(WebSocketConnection connection) => Opened++;

        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
        {
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (payload.Length == 16 && LastAllocations.Count < LastAllocations.Capacity && _thread == Environment.CurrentManagedThreadId)
            {
                LastAllocations.Add(now - _allocated);
            }

            if (payload.SequenceEqual("throw"u8))
            {
                throw new InvalidOperationException("on purpose");
            }

            Refused += connection.TrySend(payload, type) ? 0 : 1;
            (_allocated, _thread) = (now, Environment.CurrentManagedThreadId);
        }

        public override void OnClose(WebSocketConnection connection, CloseResult result) => Closed.Add(result);
    }
}
