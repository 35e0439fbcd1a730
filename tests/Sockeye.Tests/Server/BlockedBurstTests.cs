using System.Text;
using Sockeye.Tests.Connections;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Server;

/// <summary>What was answered before a handler blocks arrives while it blocks, on every transport and wherever the handler runs.</summary>
[Collection(nameof(ChurnTests.Alone))] // it blocks threads of the pool, which others wait for
public sealed class BlockedBurstTests
{
    private const int LoopTaken = 16;

    [Theory]
    [InlineData(ServerTransport.Epoll, HandlerDispatch.Automatic, true)]
    [InlineData(ServerTransport.Epoll, HandlerDispatch.ThreadPool, true)]
    [InlineData(ServerTransport.Epoll, HandlerDispatch.ThreadPool, false)]
    [InlineData(ServerTransport.Sockets, HandlerDispatch.Automatic, true)]
    [InlineData(ServerTransport.Sockets, HandlerDispatch.Automatic, false)]
    public async Task Answers_before_a_block_arrive_during_it(ServerTransport transport, HandlerDispatch dispatch, bool zeroCopy)
    {
        using var go = new ManualResetEventSlim();
        var options = Options(transport, dispatch);
        await using var server = zeroCopy ? new WebSocketServer(options, new Handler(go)) : new WebSocketServer(options, async connection =>
        {
            await foreach (var message in connection)
            {
                Obey(message.ToString(), go);
                connection.TrySend(message.Span, message.Type);
            }
        });
        await server.StartAsync();
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]);
        await peer.SendAsync([.. Text("1"), .. Text("2"), .. Frame(0x89, "ping"), .. Text("block"), .. Text("3")]);
        string[] before = [await NextAsync(peer), await NextAsync(peer), await NextAsync(peer)];
        go.Set();
        Assert.Equal(["1", "2", "ping"], before.Order(StringComparer.Ordinal)); // an async handler answers when its messages were read
        Assert.Equal(["block", "3"], [await NextAsync(peer), await NextAsync(peer)]);
    }

    [Fact]
    public async Task A_handshake_is_answered_though_OnOpen_blocks()
    {
        using var go = new ManualResetEventSlim();
        await using var server = new WebSocketServer(Options(ServerTransport.Epoll, HandlerDispatch.Automatic), new Handler(go) { BlocksAtOpen = true });
        await server.StartAsync();
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]); // reads the answer's head
        go.Set();
        await peer.SendAsync(Text("1"));
        Assert.Equal("1", await NextAsync(peer));
    }

    [Fact]
    public async Task A_handler_may_wait_for_its_next_message_on_a_loop_that_was_taken_before_its_turn()
    {
        var log = new TestLog();
        var options = Options(ServerTransport.Epoll, HandlerDispatch.Automatic);
        options.LoggerFactory = log;
        await using var server = new WebSocketServer(options, async connection =>
        {
            connection.ControlFrameReceived += (_, _, _) => SpinWait.SpinUntil(() => log.Saw(LoopTaken), Waits.Long);
            await connection.ReceiveAsync();
            connection.TrySend("next?");
            connection.TrySend(connection.Receive().ToString()); // blocks the thread that reads
        });
        await server.StartAsync();
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]);
        await peer.SendAsync([.. Frame(0x89, "p"), .. Text("first")]);
        while (await NextAsync(peer) != "next?")
        {
        }

        await peer.SendAsync(Text("second"));
        Assert.Equal("second", await NextAsync(peer));
    }

    [Fact]
    public async Task A_continuation_that_throws_costs_its_connection_alone()
    {
        int opened = 0;
        await using var server = new WebSocketServer(Options(ServerTransport.Epoll, HandlerDispatch.Inline), async connection =>
        {
            if (Interlocked.Increment(ref opened) == 1)
            {
                connection.ReceiveAsync().GetAwaiter().OnCompleted(() => throw new InvalidOperationException("on purpose"));
                await connection.Closed;
                return;
            }

            await foreach (var message in connection)
            {
                connection.TrySend(message.Span, message.Type);
            }
        });
        await server.StartAsync();
        using var bad = await RawPeer.OpenAsync((await server.Started)[0]);
        using var good = await RawPeer.OpenAsync((await server.Started)[0]);
        await bad.SendAsync([.. Text("1"), .. Text("2")]);
        Assert.Equal((0x88, 1011), ((await bad.ReadFrameAsync()) is var (first, body) ? first : 0, (body[0] << 8) | body[1]));
        await good.SendAsync([.. Text("1"), .. Text("2")]);
        Assert.Equal(["1", "2"], [await NextAsync(good), await NextAsync(good)]);
    }

    [Fact]
    public async Task A_loop_that_nobody_can_take_lets_go_of_answers_and_of_its_server()
    {
        const int most = 64;
        using var go = new ManualResetEventSlim();
        var server = new WebSocketServer(Options(ServerTransport.Epoll, HandlerDispatch.Inline), new Handler(go));
        await server.StartAsync();
        var peers = new List<RawPeer>();
        for (int i = 0; i <= most; i++)
        {
            peers.Add(await RawPeer.OpenAsync((await server.Started)[0]));
        }

        foreach (var peer in peers.Take(most))
        {
            await peer.SendAsync(Text("block"));
        }

        await Waits.Until(() => server.StuckThreads == most, "they are stuck");
        await peers[most].SendAsync([.. Text("1"), .. Text("block")]);
        string answer = await NextAsync(peers[most]);
        await Task.Run(() => server.StopAsync(TimeSpan.Zero)).Soon();
        go.Set();
        Assert.Equal("1", answer);
        peers.ForEach(static peer => peer.Dispose());
        await Waits.Until(() => server.StuckThreads == 0, "all come back");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answers_to_what_arrived_together_leave_together(bool inline)
    {
        int writes = 0;
        await using var pair = await OpenAsync(inline, () => writes++);
        var echo = Task.Run(async () =>
        {
            await foreach (var message in pair.Server)
            {
                pair.Server.TrySend(message.Span, message.Type);
            }
        });
        int fewest = int.MaxValue;
        for (int burst = 0; burst < 20; burst++) // the watch takes one apart if the machine stands still, but hardly all of them
        {
            int before = writes;
            SendTogether(pair.Client, Enumerable.Repeat("message", 32));
            for (int i = 0; i < 32; i++)
            {
                await pair.Client.ReceiveAsync().Soon();
            }

            fewest = Math.Min(fewest, writes - before);
        }

        Assert.Equal(1, fewest);
        await pair.Client.CloseAsync().Soon();
        await echo.Soon();
    }

    [Fact]
    public async Task Answers_do_not_wait_for_messages_that_came_later()
    {
        int writes = 0;
        await using var pair = await OpenAsync(inline: false, () => Interlocked.Increment(ref writes));
        using var answered = new ManualResetEventSlim();
        using var more = new ManualResetEventSlim();
        pair.Server.ControlFrameReceived += (_, _, _) => more.Set();
        int before = writes;
        var handling = AnswerAsync(pair.Server, answered, more, () => Volatile.Read(ref writes) > before);
        SendTogether(pair.Client, ["1", "2"]);
        answered.Wait(Waits.Long);
        pair.Client.TrySend("3");
        await pair.Client.PongAsync().Soon(); // which nobody answers
        Assert.True(await handling.Soon());
        Assert.Equal(["1", "2"], [(await pair.Client.ReceiveAsync().Soon()).ToString(), (await pair.Client.ReceiveAsync().Soon()).ToString()]);
    }

    /// <summary>Answers two messages, and receives a third one within their burst; the answer is whether that was there, and the answers gone.</summary>
    private static async Task<bool> AnswerAsync(
        WebSocketConnection connection, ManualResetEventSlim answered, ManualResetEventSlim more, Func<bool> gone)
    {
        for (int i = 0; i < 2; i++)
        {
            connection.TrySend((await connection.ReceiveAsync().ConfigureAwait(false)).Span, MessageType.Text);
        }

        answered.Set();
        more.Wait(Waits.Long);
        var third = connection.ReceiveAsync();
        bool there = third.IsCompleted && gone();
        await third.ConfigureAwait(false);
        return there;
    }

    private static async Task<Pair> OpenAsync(bool inline, Action written)
    {
        var options = new WebSocketServerOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan };
        return await Pair.OpenAsync(
            new MemoryLinkOptions(),
            new MemoryLinkOptions
            {
                ResumesInline = inline,
                OnWrite = _ =>
                {
                    written();
                    return MemoryFault.None;
                },
            },
            options,
            new WebSocketClientOptions());
    }

    private static void SendTogether(WebSocketConnection connection, IEnumerable<string> texts) => Burst.Run(() =>
    {
        foreach (string text in texts)
        {
            connection.TrySend(text);
        }
    });

    private static WebSocketServerOptions Options(ServerTransport transport, HandlerDispatch dispatch) =>
        new() { Listen = { "ws://127.0.0.1:0" }, Transport = transport, Dispatch = dispatch, Loops = 1, KeepAliveInterval = Timeout.InfiniteTimeSpan };

    private static byte[] Text(string text) => Frame(0x81, text);

    private static byte[] Frame(byte first, string text) => RawPeer.Frame(first, Encoding.ASCII.GetBytes(text));

    private static async Task<string> NextAsync(RawPeer peer) => Encoding.ASCII.GetString((await peer.ReadFrameAsync()).Payload);

    private static void Obey(string text, ManualResetEventSlim go)
    {
        if (text == "block")
        {
            go.Wait(Waits.Long * 2); // longer than anybody waits for what must not wait for it
        }
    }

    private sealed class Handler(ManualResetEventSlim go) : WebSocketHandler
    {
        public bool BlocksAtOpen { get; init; }

        public override void OnOpen(WebSocketConnection connection) => Obey(BlocksAtOpen ? "block" : "", go);

        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
        {
            Obey(Encoding.ASCII.GetString(payload), go);
            connection.TrySend(payload, type);
        }
    }
}
