using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Connections;

/// <summary>The one door: order, turns, backpressure, withdrawal, policies.</summary>
public sealed class SendingTests
{
    public static TheoryData<TransportKind> Transports => Pair.Transports;

    [Theory]
    [InlineData(SlowPeerPolicy.Wait)]
    [InlineData(SlowPeerPolicy.DropNewest)]
    [InlineData(SlowPeerPolicy.Close)]
    public async Task What_is_held_back_for_a_burst_is_no_backlog_of_the_peer(SlowPeerPolicy policy)
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, both: o =>
        {
            (o.SendBacklogBytes, o.SlowPeer) = (16 * 1024, policy);
        });
        Burst.Run(() =>
        {
            Assert.True(pair.Server.TrySend("held"));
            Assert.True(pair.Server.TrySend(new string('a', 20_000)));
            Assert.True(pair.Server.TrySend("held again"));
            Assert.True(pair.Server.SendAsync(new string('b', 20_000)).IsCompletedSuccessfully);
        });
        foreach (int length in new[] { 4, 20_000, 10, 20_000 })
        {
            Assert.Equal(length, (await pair.Client.ReceiveAsync().Soon()).Length);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Many_senders_never_tear_each_others_messages(TransportKind kind)
    {
        const int senders = 12;
        const int messages = 150;
        await using var pair = await Pair.OpenAsync(kind, both: o => o.SendBacklogBytes = 64 * 1024);
        var sending = Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
        {
            var random = new Random(sender);
            for (int i = 0; i < messages; i++)
            {
                string text = $"{sender}:{i}:" + new string((char)('a' + sender), random.Next(0, i % 10 == 0 ? 100_000 : 200));
                switch (random.Next(3))
                {
                    case 0:
                        await pair.Client.SendAsync(text);
                        break;
                    case 1:
                        byte[] bytes = Encoding.UTF8.GetBytes(text);
                        await using (var writer = pair.Client.StartMessage(MessageType.Text))
                        {
                            int cut = random.Next(bytes.Length);
                            await writer.WriteAsync(bytes.AsMemory(0, cut));
                            await Task.Yield();
                            await writer.CompleteAsync(bytes.AsMemory(cut));
                        }

                        break;
                    default:
                        while (!pair.Client.TrySend(text))
                        {
                            await Task.Delay(1);
                        }

                        break;
                }
            }
        })).ToArray();

        int[] next = new int[senders];
        for (int received = 0; received < senders * messages; received++)
        {
            var message = await pair.Server.ReceiveAsync().Soon();
            Assert.False(message.IsClose);
            string[] parts = message.ToString().Split(':');
            int sender = int.Parse(parts[0]);
            Assert.Equal(next[sender]++, int.Parse(parts[1]));
            Assert.All(parts[2], c => Assert.Equal((char)('a' + sender), c));
        }

        await Task.WhenAll(sending).Soon();
    }

    [Theory]
    [InlineData(SlowPeerPolicy.Close)]
    [InlineData(SlowPeerPolicy.DropNewest)]
    public async Task To_be_behind_anothers_fragments_is_no_fault_of_the_peer(SlowPeerPolicy policy)
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, both: options => options.SlowPeer = policy);
        await using var writer = pair.Server.StartMessage(MessageType.Text);
        await writer.WriteAsync("first "u8.ToArray()).Soon();
        Assert.False(pair.Server.TrySend("between"));
        await writer.CompleteAsync("last"u8.ToArray()).Soon();
        Assert.Equal("first last", (await pair.Client.ReceiveAsync().Soon()).ToString());
        Assert.Equal((ConnectionState.Open, 0), (pair.Server.State, pair.Server.DroppedMessages));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_buffer_is_free_when_the_send_completes(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        byte[] buffer = new byte[300_000];
        var sending = Task.Run(async () =>
        {
            for (int i = 0; i < 60; i++)
            {
                int size = i % 3 == 0 ? 300_000 : i % 3 == 1 ? 30_000 : 30;
                buffer.AsSpan(0, size).Fill((byte)i);
                await pair.Server.SendAsync(buffer.AsMemory(0, size));
                buffer.AsSpan().Fill(0xEE);
                await pair.Client.PongAsync();
            }
        });
        for (int i = 0; i < 60; i++)
        {
            var message = await pair.Client.ReceiveAsync().Soon();
            Assert.Equal(-1, message.Span.IndexOfAnyExcept((byte)i));
        }

        await sending.Soon();
    }

    [Fact]
    public async Task TrySend_copies_what_it_queues()
    {
        await using var pair = await OpenStalledAsync();
        byte[] buffer = new byte[10_000];
        int sent = 0;
        while (pair.Server.TrySend(buffer, MessageType.Binary))
        {
            buffer.AsSpan().Fill((byte)++sent);
        }

        Assert.True(sent > 3);
        Assert.InRange(pair.Server.BufferedBytes, 1, 100_000);
        for (int i = 0; i < sent; i++)
        {
            var message = await pair.Client.ReceiveAsync().Soon();
            Assert.Equal(-1, message.Span.IndexOfAnyExcept((byte)i));
        }

        await Waits.Until(() => pair.Server.BufferedBytes == 0, "the backlog is written");
    }

    [Fact]
    public async Task A_send_waits_while_the_backlog_is_full_and_stays_under_the_mark()
    {
        await using var pair = await OpenStalledAsync();
        var sends = new List<Task>();
        for (int i = 0; i < 50; i++)
        {
            sends.Add(pair.Server.SendAsync(new byte[10_000]).AsTask());
            Assert.InRange(pair.Server.BufferedBytes, 0, 100_000);
        }

        Assert.Contains(sends, s => !s.IsCompleted);
        Assert.Contains(sends, s => s.IsCompleted);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(10_000, (await pair.Client.ReceiveAsync().Soon()).Length);
        }

        await Task.WhenAll(sends).Soon();
    }

    [Fact]
    public async Task A_cancelled_send_is_withdrawn_and_the_connection_stays_usable()
    {
        await using var pair = await OpenStalledAsync();
        var accepted = new List<Task>();
        using var cancellation = new CancellationTokenSource();
        for (int i = 0; i < 30; i++)
        {
            accepted.Add(pair.Server.SendAsync(Encoding.UTF8.GetBytes(new string('x', 10_000) + i), MessageType.Text, cancellation.Token).AsTask());
        }

        var large = pair.Server.SendAsync(new byte[500_000], cancellation.Token).AsTask();
        var after = pair.Server.SendAsync("after").AsTask();
        await cancellation.CancelAsync();
        var outcomes = await Task.WhenAll(accepted.Append(large).Select(async t =>
        {
            try
            {
                await t.Soon();
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }));
        Assert.Contains(true, outcomes);
        Assert.Contains(false, outcomes);
        Assert.False(outcomes[^1]);
        for (int i = 0; i < 30; i++)
        {
            if (outcomes[i])
            {
                Assert.EndsWith("x" + i, (await pair.Client.ReceiveAsync().Soon()).ToString(), StringComparison.Ordinal);
            }
        }

        Assert.Equal("after", (await pair.Client.ReceiveAsync().Soon()).ToString());
        await after.Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Server.SendAsync("x", new CancellationToken(true)).AsTask());
    }

    [Theory]
    [InlineData(SlowPeerPolicy.DropNewest)]
    [InlineData(SlowPeerPolicy.Close)]
    public async Task A_policy_decides_about_a_slow_peer(SlowPeerPolicy policy)
    {
        await using var pair = await OpenStalledAsync(s => s.SlowPeer = policy);
        int sent = 0;
        try
        {
            while (pair.Server.DroppedMessages == 0)
            {
                await pair.Server.SendAsync($"{sent++}".PadRight(10_000)).Soon();
            }
        }
        catch (WebSocketClosedException) when (policy == SlowPeerPolicy.Close)
        {
        }

        int received = 0;
        for (; received < sent - 1; received++)
        {
            Assert.StartsWith($"{received} ", (await pair.Client.ReceiveAsync().Soon()).ToString(), StringComparison.Ordinal);
        }

        if (policy == SlowPeerPolicy.Close)
        {
            Assert.True((await pair.Client.ReceiveAsync().Soon()).IsClose);
            Assert.Equal(CloseCode.PolicyViolation, (await pair.Client.Closed.Soon()).Code);
        }
        else
        {
            await pair.Server.SendAsync("again").Soon();
            Assert.Equal("again", (await pair.Client.ReceiveAsync().Soon()).ToString());
            Assert.Equal(1, pair.Server.DroppedMessages);
        }
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_for_30_seconds_is_given_up()
    {
        var time = new ManualTime();
        await using var pair = await OpenStalledAsync(s =>
        {
            s.TimeProvider = time;
            s.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        });
        var sends = Enumerable.Range(0, 40).Select(_ => pair.Server.SendAsync(new byte[10_000]).AsTask()).ToArray();
        await Waits.Until(() => pair.Client.Core.Inbox.IsPaused, "the client's application lags");
        await Waits.Until(() => pair.ClientLink!.IsFull, "the way is full");
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(ConnectionState.Open, pair.Server.State);
        time.Advance(TimeSpan.FromSeconds(9)); // looked at every 7.5 s
        var result = await pair.Server.Closed.Soon();
        Assert.Equal((CloseCode.Abnormal, false), (result.Code, result.IsClean));
        Assert.Contains("took nothing for 30 s", result.Cause, StringComparison.Ordinal);
        foreach (var send in sends.Where(s => !s.IsCompletedSuccessfully))
        {
            await Assert.ThrowsAsync<WebSocketClosedException>(() => send.Soon());
        }
    }

    [Fact]
    public async Task A_message_given_up_half_way_closes_the_connection()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var writer = pair.Server.StartMessage(MessageType.Binary);
        await writer.WriteAsync(new byte[3]).Soon();
        var waiting = pair.Server.SendAsync("waits for its turn").AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.False(pair.Server.TrySend("no turn"));
        await writer.DisposeAsync();
        await Assert.ThrowsAsync<WebSocketClosedException>(() => waiting.Soon());
        Assert.Equal(CloseCode.InternalError, (await pair.Client.Closed.Soon()).Code);
    }

    [Fact]
    public async Task Misuse_throws_at_once()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var c = pair.Client;
        Assert.Throws<ArgumentNullException>(() => { _ = c.SendAsync((string)null!); });
        Assert.Throws<ArgumentException>(() => { _ = c.SendAsync(new byte[] { 0xFF }, MessageType.Text); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = c.SendAsync(new byte[1], MessageType.Close); });
        Assert.Throws<ArgumentException>(() => c.TrySend([0xC3], MessageType.Text));
        Assert.Throws<ArgumentOutOfRangeException>(() => c.StartMessage(MessageType.Close));
        await Assert.ThrowsAsync<ArgumentException>(() => c.PingAsync(new byte[126]));
        Assert.Throws<ArgumentException>(() => { _ = c.PongAsync(new byte[126]); });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => c.CloseAsync((CloseCode)1005 + 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => c.CloseAsync((CloseCode)999));
        await Assert.ThrowsAsync<ArgumentException>(() => c.CloseAsync(CloseCode.Normal, new string('x', 124)));
        await Assert.ThrowsAsync<ArgumentException>(() => c.CloseAsync(CloseCode.NoCode, "reason"));
        var writer = c.StartMessage(MessageType.Text);
        await Assert.ThrowsAsync<ArgumentException>(() => writer.CompleteAsync(new byte[] { 0xE2, 0x82 }).AsTask());
        await writer.CompleteAsync("ok"u8.ToArray());
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.WriteAsync(new byte[1]).AsTask());
        Assert.Equal("ok", (await pair.Server.ReceiveAsync().Soon()).ToString());
        Assert.Equal(ConnectionState.Open, c.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Small_sends_allocate_nothing(bool byServer)
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Sockets);
        var (sender, receiver) = byServer ? (pair.Server, pair.Client) : (pair.Client, pair.Server);
        byte[] payload = new byte[16];
        var receiving = Task.Run(async () =>
        {
            await foreach (var message in receiver)
            {
                if (message.Length == 1)
                {
                    return;
                }
            }
        });
        long allocated = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            int sent = 0;
            for (; sent < 1000 && sender.TrySend(payload, MessageType.Binary); sent++)
            {
            }

            allocated = Math.Min(allocated, sent == 1000 ? GC.GetAllocatedBytesForCurrentThread() - before : long.MaxValue);
            await Waits.Until(() => sender.BufferedBytes == 0, "the backlog is written");
        }

        Assert.InRange(allocated, 0, 1000);
        await sender.SendAsync(new byte[1]).Soon();
        await receiving.Soon();
    }

    /// <summary>The client's application receives nothing until it is asked to, and its end of the link is narrow.</summary>
    private static Task<Pair> OpenStalledAsync(Action<WebSocketServerOptions>? configure = null)
    {
        var server = new WebSocketServerOptions { SendBacklogBytes = 100_000 };
        configure?.Invoke(server);
        var client = new WebSocketClientOptions { ReadAheadBytes = 0 };
        return Pair.OpenAsync(new MemoryLinkOptions { Capacity = 4096 }, new MemoryLinkOptions(), server, client);
    }
}
