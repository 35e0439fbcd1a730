using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sockeye.Tests.Support;
using Sockeye.Transports.Epoll;

namespace Sockeye.Tests.Server;

/// <summary>Handlers that block, spin or dawdle on an event loop: the other connections of that loop do not notice.</summary>
public sealed class BlockingHandlerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_blocks_holds_up_nobody_else(bool zeroCopy)
    {
        using var go = new ManualResetEventSlim();
        var log = new TestLog();
        await using var server = await StartAsync(zeroCopy, log: log, before: text =>
        {
            if (text == "block")
            {
                go.Wait(Waits.Long);
            }
        });
        await using var blocked = await ConnectAsync(server);
        await using var other = await ConnectAsync(server);

        // In one burst: what was answered before the block arrives during it, what came behind it afterwards, in order.
        await blocked.SendAllAsync("1", "2", "block", "3", "4");
        Assert.Equal("1", await blocked.NextAsync());
        Assert.Equal("2", await blocked.NextAsync());
        for (int i = 0; i < 100; i++)
        {
            await other.SendAsync($"{i}");
            Assert.Equal($"{i}", await other.NextAsync());
        }

        await Waits.Until(() => log.Count(16) > log.Count(17), "the loop is taken"); // code that is compiled in its call may be taken for blocked too
        await Waits.Until(() => log.Saw(20), "the block is logged");
        go.Set();
        Assert.Equal(["block", "3", "4"], [await blocked.NextAsync(), await blocked.NextAsync(), await blocked.NextAsync()]);
        await Waits.Until(() => log.Count(16) == log.Count(17), "the return is logged");
        await blocked.SendAsync("5");
        Assert.Equal("5", await blocked.NextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_spins_holds_up_nobody_else(bool zeroCopy)
    {
        bool go = false;
        await using var server = await StartAsync(zeroCopy, before: text =>
        {
            while (text == "spin" && !Volatile.Read(ref go))
            {
            }
        });
        await using var spinning = await ConnectAsync(server);
        await using var other = await ConnectAsync(server);
        await spinning.SendAsync("spin");
        await other.SendAsync("one");
        Assert.Equal("one", await other.NextAsync());
        Volatile.Write(ref go, true);
        Assert.Equal("spin", await spinning.NextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_waits_for_its_own_close_gets_it(bool zeroCopy)
    {
        CloseResult? result = null;
        await using var server = await StartAsync(
            zeroCopy,
            during: connection => result = connection.CloseAsync((CloseCode)4001).GetAwaiter().GetResult(),
            configure: options => options.CloseTimeout = TimeSpan.FromSeconds(1));
        await using var client = await ConnectAsync(server);
        await client.SendAsync("close yourself");
        var seen = await client.Closed.Soon();
        Assert.Equal((CloseCode)4001, seen.Code);
        await Waits.Until(() => Volatile.Read(ref result) is not null, "the close is over for the handler too");

        // An async handler's connection goes on being read while it blocks. In OnMessage, nothing more of it is read: its close cannot be clean.
        Assert.Equal(!zeroCopy, result!.IsClean);
    }

    [Fact]
    public async Task One_that_waits_for_its_next_message_gets_it()
    {
        await using var server = await StartAsync(zeroCopy: false, during: connection =>
        {
            var task = connection.ReceiveAsync().AsTask();
            Assert.True(task.Wait(Waits.Long));
            connection.TrySend(task.Result.Span, MessageType.Text);
        });
        await using var client = await ConnectAsync(server);
        await client.SendAsync("first");
        await client.SendAsync("second");
        Assert.Equal("second", await client.NextAsync());
        Assert.Equal("first", await client.NextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_aborts_itself_and_waits_gets_the_end(bool zeroCopy)
    {
        var end = new TaskCompletionSource<CloseResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(zeroCopy, during: connection =>
        {
            connection.Abort();
            Assert.True(connection.Closed.Wait(Waits.Long));
            end.SetResult(connection.Closed.Result);
        });
        await using var client = await ConnectAsync(server);
        await client.SendAsync("abort");
        Assert.Equal(CloseCode.Abnormal, (await end.Task.Soon()).Code);
        Assert.Equal(CloseCode.Abnormal, (await client.Closed.Soon()).Code);
        await Waits.Until(() => server.ConnectionCount == 0, "it leaves");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_came_before_a_violation_is_answered_before_it(bool zeroCopy)
    {
        await using var server = await StartAsync(zeroCopy);
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]);
        await peer.SendAsync([.. RawPeer.Frame(0x81, "good"u8), .. RawPeer.Frame(0xC1, "bad"u8), .. RawPeer.Frame(0x81, "late"u8)]);
        byte[] received = new byte[10];
        await peer.Stream.ReadExactlyAsync(received).AsTask().Soon();
        Assert.Equal([0x81, 4, .. "good"u8], received[..6]);
        Assert.Equal(0x88, received[6]);
        Assert.Equal([0x03, 0xEA], received[8..]); // 1002
    }

    [Theory]
    [InlineData(false, HandlerDispatch.Automatic)]
    [InlineData(true, HandlerDispatch.Automatic)]
    [InlineData(false, HandlerDispatch.Inline)]
    [InlineData(true, HandlerDispatch.Inline)]
    [InlineData(false, HandlerDispatch.ThreadPool)]
    [InlineData(true, HandlerDispatch.ThreadPool)]
    public async Task A_thousand_blocks_lose_and_mix_up_nothing(bool zeroCopy, HandlerDispatch dispatch)
    {
        using var never = new ManualResetEventSlim();
        await using var server = await StartAsync(zeroCopy, dispatch: dispatch, before: text =>
        {
            if (text.StartsWith("block", StringComparison.Ordinal))
            {
                never.Wait(30);
            }
        });
        const int connections = 40;
        const int blocks = 25;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(n => Task.Run(async () =>
        {
            await using var client = await ConnectAsync(server);
            for (int i = 0; i < blocks; i++)
            {
                string[] burst = [$"{n} {i} a", $"{n} {i} b", $"block {n} {i}", $"{n} {i} c", $"{n} {i} d"];
                await client.SendAllAsync(burst);
                foreach (string text in burst)
                {
                    Assert.Equal(text, await client.NextAsync());
                }
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2));
        await Waits.Until(() => server.StuckThreads == 0, "no thread is left behind");
        await Waits.Until(() => server.ConnectionCount == 0, "no connection is left behind");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_too_many_stuck_threads_the_loop_waits_and_says_so(bool zeroCopy)
    {
        using var go = new ManualResetEventSlim();
        var log = new TestLog();
        await using var server = await StartAsync(zeroCopy, log: log, before: _ => go.Wait(Waits.Long));
        var clients = new List<WebSocketConnection>();
        for (int i = 0; i < 65; i++)
        {
            clients.Add(await ConnectAsync(server));
        }

        for (int i = 0; i < clients.Count; i++)
        {
            await clients[i].SendAsync($"{i}");
        }

        await Waits.Until(() => log.Saw(18), "the limit is logged");
        Assert.Equal(64, server.StuckThreads);
        go.Set();
        for (int i = 0; i < clients.Count; i++)
        {
            Assert.Equal($"{i}", await clients[i].NextAsync());
            await clients[i].DisposeAsync();
        }

        await Waits.Until(() => server.StuckThreads == 0, "all come back");
    }

    [Theory]
    [InlineData(false, HandlerDispatch.Automatic, false)]
    [InlineData(true, HandlerDispatch.Automatic, false)]
    [InlineData(false, HandlerDispatch.Automatic, true)]
    [InlineData(true, HandlerDispatch.Automatic, true)]
    [InlineData(false, HandlerDispatch.Inline, false)]
    [InlineData(true, HandlerDispatch.Inline, false)]
    public async Task One_that_dawdles_with_every_message_moves_to_the_pool(bool zeroCopy, HandlerDispatch dispatch, bool waits)
    {
        using var never = new ManualResetEvent(false);
        var log = new TestLog();
        var threads = new ConcurrentQueue<bool>();
        await using var server = await StartAsync(zeroCopy, log: log, dispatch: dispatch, before: _ =>
        {
            threads.Enqueue(Thread.CurrentThread.IsThreadPoolThread);
            if (waits)
            {
                never.WaitOne(2);
                return;
            }

            Spin(2);
        });
        await using var client = await ConnectAsync(server);
        for (int i = 0; i < 60; i++)
        {
            await client.SendAsync($"{i}");
            Assert.Equal($"{i}", await client.NextAsync());
        }

        Assert.Equal(dispatch == HandlerDispatch.Automatic, log.Saw(19));
        Assert.Equal(dispatch == HandlerDispatch.Automatic, threads.Last());
    }

    [Theory]
    [InlineData(false, 2, 60)]
    [InlineData(true, 2, 60)]
    [InlineData(false, 100, 2)]
    [InlineData(true, 100, 2)]
    public async Task One_whose_processor_is_taken_away_is_not_blamed(bool zeroCopy, int spins, int times)
    {
        // The clock goes on while the thread, as the kernel counts it, neither works nor waits.
        int kept = 0;
        ThreadUsage.Source = thread => thread == Volatile.Read(ref kept) ? new ThreadUsage(0, 0) : null;
        var log = new TestLog();
        await using var server = await StartAsync(zeroCopy, log: log, before: text =>
        {
            if (text != "first")
            {
                Volatile.Write(ref kept, EpollWorker.Current!.ThreadId);
                Spin(spins);
            }
        });
        await using var client = await ConnectAsync(server);
        await client.SendAsync("first"); // code that is compiled in its call may be taken for blocked
        Assert.Equal("first", await client.NextAsync());
        int taken = log.Count(16);
        for (int i = 0; i < times; i++)
        {
            await client.SendAsync($"{i}");
            Assert.Equal($"{i}", await client.NextAsync());
        }

        ThreadUsage.Source = null;
        Assert.NotEqual(0, kept);
        Assert.False(log.Saw(19), "moved to the pool");
        Assert.Equal(taken, log.Count(16));
    }

    [Fact]
    public async Task One_that_broadcasts_a_little_and_blocks_a_lot_is_found()
    {
        var log = new TestLog();
        var room = new ConnectionSet();
        bool go = false;
        await using var server = await StartAsync(zeroCopy: true, log: log, during: connection => _ = room.Count > 0 || room.Add(connection), before: text =>
        {
            while (text == "block" && !Volatile.Read(ref go))
            {
                room.Broadcast("row");
                Spin(1);
            }
        });
        await using var other = await ConnectAsync(server);
        await using var blocked = await ConnectAsync(server);
        await blocked.SendAsync("joins");
        Assert.Equal("joins", await blocked.NextAsync());
        await blocked.SendAsync("block");
        await Waits.Until(() => log.Saw(20), "the block is logged");
        await other.SendAsync("1");
        Assert.Equal("1", await other.NextAsync());
        Volatile.Write(ref go, true);
    }

    private static void Spin(int milliseconds)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(milliseconds);)
        {
        }
    }

    private static async Task<WebSocketServer> StartAsync(
        bool zeroCopy,
        Action<string>? before = null,
        Action<WebSocketConnection>? during = null,
        TestLog? log = null,
        HandlerDispatch dispatch = HandlerDispatch.Automatic,
        Action<WebSocketServerOptions>? configure = null)
    {
        var options = new WebSocketServerOptions
        {
            Listen = { "ws://127.0.0.1:0" }, Transport = ServerTransport.Epoll, Loops = 1, Dispatch = dispatch, LoggerFactory = log,
        };
        configure?.Invoke(options);
        if (zeroCopy)
        {
            var server = new WebSocketServer(options, new Echo((connection, text) =>
            {
                before?.Invoke(text);
                during?.Invoke(connection);
            }));
            await server.StartAsync();
            return server;
        }

        return await WebSocketServer.StartAsync(options, async connection =>
        {
            await foreach (var message in connection)
            {
                string text = message.ToString();
                before?.Invoke(text);
                during?.Invoke(connection);
                connection.TrySend(text);
            }
        });
    }

    private static async Task<WebSocketConnection> ConnectAsync(WebSocketServer server) =>
        await WebSocketClient.ConnectAsync((await server.Started)[0]).Soon();

    private sealed class Echo(Action<WebSocketConnection, string> before) : WebSocketHandler
    {
        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
        {
            before(connection, System.Text.Encoding.UTF8.GetString(payload));
            connection.TrySend(payload, type);
        }
    }
}

internal static class TextExchange
{
    /// <summary>Sends messages that arrive together.</summary>
    public static async Task SendAllAsync(this WebSocketConnection connection, params string[] texts)
    {
        var cork = Sockeye.Transports.Cork.Mine;
        cork.Begin();
        var sending = texts.Select(text => connection.SendAsync(text).AsTask()).ToArray();
        cork.End();
        await Task.WhenAll(sending);
    }

    public static async Task<string> NextAsync(this WebSocketConnection connection) => (await connection.ReceiveAsync().AsTask().Soon()).ToString();
}
