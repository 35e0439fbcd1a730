using Sockeye.Connections;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Connections;

/// <summary>Pings every 20 seconds, 20 seconds to answer, and no false alarm.</summary>
public sealed class KeepAliveTests
{
    [Fact]
    public async Task A_ping_goes_out_every_20_seconds_and_measures_the_latency()
    {
        var time = new ManualTime();
        await using var pair = await OpenAsync(time);
        int pings = 0;
        pair.Client.ControlFrameReceived += (_, opcode, _) => pings += opcode == Opcode.Ping ? 1 : 0;
        time.Advance(TimeSpan.FromSeconds(19.9));
        await Task.Delay(20);
        Assert.Equal(0, pings);
        Assert.Null(pair.Server.Latency);
        for (int i = 1; i <= 3; i++)
        {
            int received = pair.Server.Core.Intake.Received;
            time.Advance(TimeSpan.FromSeconds(i == 1 ? 0.1 : 20));
            await Waits.Until(() => pings == i, $"ping {i}");
            await Waits.Until(() => pair.Server.Core.Intake.Received > received && pair.Server.Latency is not null, "the pong");
        }

        Assert.Equal(ConnectionState.Open, pair.Server.State);
    }

    [Fact]
    public async Task The_interval_holds_also_when_the_time_to_answer_is_longer()
    {
        var time = new ManualTime();
        await using var pair = await OpenAsync(time, configure: o => (o.KeepAliveInterval, o.KeepAliveTimeout) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)));
        int pings = 0;
        pair.Client.ControlFrameReceived += (_, opcode, _) => pings += opcode == Opcode.Ping ? 1 : 0;
        for (int i = 1; i <= 5; i++)
        {
            int received = pair.Server.Core.Intake.Received;
            time.Advance(TimeSpan.FromSeconds(5));
            await Waits.Until(() => pings == i, $"ping {i}");
            await Waits.Until(() => pair.Server.Core.Intake.Received > received, "its pong");
        }
    }

    [Fact]
    public async Task A_peer_that_is_silent_for_20_seconds_after_a_ping_is_given_up()
    {
        var time = new ManualTime();
        bool dead = false;
        await using var pair = await OpenAsync(time, new MemoryLinkOptions { Cut = n => n, Post = work =>
        {
            if (!Volatile.Read(ref dead))
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => work(), null);
            }
        } });
        Volatile.Write(ref dead, true);
        time.Advance(TimeSpan.FromSeconds(20));
        time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.Equal(ConnectionState.Open, pair.Server.State);
        time.Advance(TimeSpan.FromSeconds(0.2));
        var result = await pair.Server.Closed.Soon();
        Assert.Equal((CloseCode.Abnormal, false), (result.Code, result.IsClean));
        Assert.Contains("no answer to a ping within 20 s", result.Cause, StringComparison.Ordinal);
        Volatile.Write(ref dead, false);
        pair.Client.Abort();
    }

    [Fact]
    public async Task Any_byte_is_life()
    {
        var time = new ManualTime();
        await using var host = await WebSocketServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, TimeProvider = time });
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        var opening = RawPeer.OpenAsync((await host.Started)[0]);
        await requests.MoveNextAsync().Soon();
        var server = await requests.Current.AcceptAsync();
        using var peer = await opening;
        byte[] slow = RawPeer.Frame(0x81, new byte[50]);
        int at = 0;
        for (int i = 0; i < 5; i++)
        {
            time.Advance(TimeSpan.FromSeconds(20));
            Assert.Equal(0x89, (await peer.ReadFrameAsync()).First);
            int before = server.Core.Intake.Received;
            await peer.SendAsync(slow[at++]); // never a pong, only one byte of a message
            await Waits.Until(() => server.Core.Intake.Received > before, "the byte arrives");
            time.Advance(TimeSpan.FromSeconds(19.9));
            Assert.Equal(ConnectionState.Open, server.State);
            time.Advance(TimeSpan.FromSeconds(0.1));
            Assert.Equal(ConnectionState.Open, server.State);
            if (i < 4)
            {
                time.Advance(TimeSpan.Zero);
                Assert.Equal(0x89, (await peer.ReadFrameAsync()).First);
                before = server.Core.Intake.Received;
                await peer.SendAsync(slow[at++]);
                await Waits.Until(() => server.Core.Intake.Received > before, "the byte arrives");
            }
        }

        server.Abort();
    }

    [Fact]
    public async Task The_deadline_is_suspended_while_we_ourselves_do_not_read()
    {
        var time = new ManualTime();
        await using var pair = await OpenAsync(time, configure: o => o.ReadAheadBytes = 1000);
        for (int i = 0; i < 20; i++)
        {
            await pair.Client.SendAsync(new byte[500]).Soon();
        }

        await Waits.Until(() => pair.Server.Core.Inbox.IsPaused, "the application lags");
        for (int i = 0; i < 30; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(ConnectionState.Open, pair.Server.State);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(500, (await pair.Server.ReceiveAsync().Soon()).Length);
        }
    }

    [Fact]
    public async Task A_ping_behind_a_backlog_counts_from_when_it_is_written()
    {
        var time = new ManualTime();
        var server = new WebSocketServerOptions { TimeProvider = time, SendTimeout = Timeout.InfiniteTimeSpan };
        var client = new WebSocketClientOptions { ReadAheadBytes = 0 };
        await using var pair = await Pair.OpenAsync(new MemoryLinkOptions { Capacity = 1000 }, new MemoryLinkOptions(), server, client);
        while (pair.Server.TrySend(new byte[1000], MessageType.Binary) && pair.Server.BufferedBytes < 50_000)
        {
        }

        await Waits.Until(() => pair.ClientLink!.IsFull && pair.Client.Core.Inbox.IsPaused, "the way is full");
        time.Advance(TimeSpan.FromSeconds(20)); // the ping queues behind the backlog
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(ConnectionState.Open, pair.Server.State);
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        var time = new ManualTime();
        await using var pair = await OpenAsync(time, configure: o => o.KeepAliveInterval = Timeout.InfiniteTimeSpan);
        int pings = 0;
        pair.Client.ControlFrameReceived += (_, _, _) => pings++;
        time.Advance(TimeSpan.FromDays(1));
        await pair.Client.SendAsync("x").Soon();
        await pair.Server.ReceiveAsync().Soon();
        Assert.Equal(0, pings);
    }

    [Fact]
    public async Task An_answer_counts_for_its_ping_and_those_before()
    {
        var pings = new KeepAlive(Deadlines.Never);
        var (first, second, third) = (pings.New(0, [7]), pings.New(10, null), pings.New(30, null));
        Assert.NotEqual(second.Payload, third.Payload);
        Assert.Null(pings.Latency);
        pings.Pong(50, [8]);
        Assert.Null(pings.Latency);
        pings.Pong(100, second.Payload);
        Assert.Equal((100, 90), ((await first.Waiter!.Task).Ticks, (await second.Waiter!.Task).Ticks));
        Assert.Equal(90, pings.Latency?.Ticks);
        Assert.False(third.Waiter!.Task.IsCompleted);
        pings.Pong(110, second.Payload); // once more
        Assert.Equal(90, pings.Latency?.Ticks);
        pings.End();
        Assert.IsType<WebSocketClosedException>(third.Waiter.Task.Exception!.InnerException);
    }

    [Fact]
    public void Any_byte_ends_the_wait_and_the_pong_is_measured_all_the_same()
    {
        var second = TimeSpan.FromSeconds(1);
        var pings = new KeepAlive(second.Ticks);
        var own = pings.NewOwn(second.Ticks, second, second);
        own.Received = 5;
        Assert.Equal(KeepAlive.Duty.None, pings.Check(second.Ticks + 1, second, received: 6, written: 0, readingPaused: false));
        Assert.Equal(KeepAlive.Duty.SendPing, pings.Check(2 * second.Ticks, second, received: 6, written: 0, readingPaused: false));
        pings.Pong(second.Ticks + 300, own.Payload);
        Assert.Equal(300, pings.Latency?.Ticks);
    }

    [Fact]
    public void Pings_that_are_never_answered_are_forgotten_but_not_the_one_the_peer_is_given_up_by()
    {
        var second = TimeSpan.FromSeconds(1);
        var pings = new KeepAlive(Deadlines.Never);
        var old = pings.NewOwn(0, second, Timeout.InfiniteTimeSpan);
        pings.NewOwn(0, second, second);
        var waiting = Enumerable.Range(0, 63).Select(_ => pings.New(0, null)).ToList();
        Assert.All(waiting, ping => Assert.False(ping.Waiter!.Task.IsCompleted)); // the one that nobody waits for went first
        pings.Pong(1, old.Payload);
        Assert.Null(pings.Latency);
        pings.New(0, null);
        Assert.Contains("Too many", waiting[0].Waiter!.Task.Exception!.InnerException!.Message, StringComparison.Ordinal);
        Assert.All(waiting.Skip(1), ping => Assert.False(ping.Waiter!.Task.IsCompleted));
        Assert.Equal(KeepAlive.Duty.GiveUp, pings.Check(second.Ticks, second, received: 0, written: 0, readingPaused: false));
        pings.End();
    }

    private static Task<Pair> OpenAsync(ManualTime time, MemoryLinkOptions? clientLink = null, Action<WebSocketServerOptions>? configure = null)
    {
        var server = new WebSocketServerOptions { TimeProvider = time };
        configure?.Invoke(server);
        var client = new WebSocketClientOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan };
        return Pair.OpenAsync(clientLink ?? new MemoryLinkOptions(), new MemoryLinkOptions(), server, client);
    }
}
