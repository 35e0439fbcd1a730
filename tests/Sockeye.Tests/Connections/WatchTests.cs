using Sockeye.Connections;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Connections;

/// <summary>What the time of a connection costs, and what is no longer waited for.</summary>
public sealed class WatchTests
{
    [Fact]
    public void All_that_an_idle_connection_keeps_for_its_times_is_one_object_of_88_bytes()
    {
        Assert.Equal(88u, SizeOf<Watch>());

        static unsafe uint SizeOf<T>() => *(uint*)(typeof(T).TypeHandle.Value + 4); // the base size in the type's method table
    }

    [Fact]
    public async Task Idle_connections_wake_the_clock_for_their_pings_only()
    {
        var time = new ManualTime();
        await using var pair = await Pair.OpenAsync(
            new MemoryLinkOptions(),
            new MemoryLinkOptions(),
            new WebSocketServerOptions { TimeProvider = time },
            new WebSocketClientOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        time.Advance(TimeSpan.FromSeconds(15)); // the handshake's deadline, which was the earliest when it was cancelled
        int before = time.Runs;
        for (int i = 1; i <= 10; i++)
        {
            int received = pair.Server.Core.Intake.Received;
            time.Advance(TimeSpan.FromSeconds(i == 1 ? 5 : 20));
            await Waits.Until(() => pair.Server.Core.Intake.Received > received, "the pong");
            Assert.Equal(before + i, time.Runs);
        }
    }

    [Theory]
    [InlineData(ServerTransport.Sockets)]
    [InlineData(ServerTransport.Epoll)]
    public async Task A_peer_that_reads_a_large_message_slowly_is_not_cut(ServerTransport transport)
    {
        var time = new ManualTime();
        var opened = new TaskCompletionSource<WebSocketConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new WebSocketServerOptions
        {
            Listen = { "ws://127.0.0.1:0" },
            Transport = transport,
            TimeProvider = time,
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
        };
        await using var server = await WebSocketServer.StartAsync(options, async connection =>
        {
            var sent = connection.SendAsync(new byte[64 << 20]);
            opened.SetResult(connection);
            await sent;
        });
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]);
        var sender = await opened.Task.Soon();
        byte[] buffer = new byte[64 * 1024];
        for (int i = 0; i < 5; i++) // 50 s in all: more than it may take nothing
        {
            long before = sender.Core.Outbox.Written;
            for (int read = 0; read < 4 << 20 && sender.Core.Outbox.Written == before;) // less in all than the message, or the sender might be done
            {
                read += await peer.Stream.ReadAsync(buffer).Soon();
            }

            await Waits.Until(() => sender.Core.Outbox.Written != before, "more of it is written");
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(ConnectionState.Open, sender.State);
        sender.Abort();
    }

    [Fact]
    public async Task After_a_stall_that_is_over_nothing_is_watched_any_more()
    {
        var time = new ManualTime();
        await using var pair = await Pair.OpenAsync(
            new MemoryLinkOptions { Capacity = 1000 },
            new MemoryLinkOptions(),
            new WebSocketServerOptions { TimeProvider = time, KeepAliveInterval = Timeout.InfiniteTimeSpan },
            new WebSocketClientOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan, ReadAheadBytes = 0 });
        for (int stall = 0; stall < 2; stall++)
        {
            await pair.Server.SendAsync("read ahead").Soon();
            await Waits.Until(() => pair.Client.Core.Lags, "the peer reads no further");
            var sent = pair.Server.SendAsync(new byte[100_000]).AsTask();
            await Waits.Until(() => pair.Server.Core.Outbox.IsStalled && pair.ClientLink!.IsFull, "the peer takes no more");
            time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(ConnectionState.Open, pair.Server.State);
            Assert.Equal("read ahead", (await pair.Client.ReceiveAsync().Soon()).ToString());
            Assert.Equal(100_000, (await pair.Client.ReceiveAsync().Soon()).Length);
            await sent.Soon();
            await Waits.Until(() => !pair.Server.Core.Outbox.IsStalled, "the stall is over");
            time.Advance(TimeSpan.FromSeconds(30)); // a last look
            int runs = time.Runs;
            time.Advance(TimeSpan.FromDays(1));
            Assert.Equal(runs, time.Runs);
        }

        Assert.Equal(ConnectionState.Open, pair.Server.State);
    }
}
