using System.Text;
using Sockeye.Tests.Connections;
using Sockeye.Tests.Support;

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

    private static WebSocketServerOptions Options(ServerTransport transport, HandlerDispatch dispatch) =>
        new() { Listen = { "ws://127.0.0.1:0" }, Transport = transport, Dispatch = dispatch, Loops = 1 };

    private static byte[] Text(string text) => Frame(0x81, text);

    private static byte[] Frame(byte first, string text) => RawPeer.Frame(first, Encoding.ASCII.GetBytes(text));

    private static async Task<string> NextAsync(RawPeer peer) => Encoding.ASCII.GetString((await peer.ReadFrameAsync()).Payload);

    private static void Obey(string text, ManualResetEventSlim go)
    {
        if (text == "block")
        {
            go.Wait(Waits.Long);
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
