using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>Waiting for messages, giving up waiting, and not keeping up.</summary>
public sealed class ReceivingTests
{
    public static TheoryData<TransportKind> Transports => Pair.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task A_cancelled_receive_loses_nothing(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        for (int i = 0; i < 50; i++)
        {
            using var cancellation = new CancellationTokenSource();
            var receiving = pair.Server.ReceiveAsync(cancellation.Token).AsTask();
            var cancelling = Task.Run(cancellation.Cancel);
            await pair.Client.SendAsync($"{i}").Soon();
            await cancelling;
            string text;
            try
            {
                text = (await receiving.Soon()).ToString();
            }
            catch (OperationCanceledException)
            {
                text = (await pair.Server.ReceiveAsync().Soon()).ToString();
            }

            Assert.Equal($"{i}", text);
        }

        Assert.Equal(ConnectionState.Open, pair.Server.State);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Server.ReceiveAsync(new CancellationToken(true)).AsTask());
    }

    [Fact]
    public async Task A_second_receive_at_the_same_time_throws()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var first = pair.Server.ReceiveAsync().AsTask();
        Assert.Throws<InvalidOperationException>(() => { _ = pair.Server.ReceiveAsync(); });
        await pair.Client.SendAsync("for the first").Soon();
        Assert.Equal("for the first", (await first.Soon()).ToString());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Reading_pauses_while_nobody_receives_and_goes_on_after(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind, both: o =>
        {
            o.ReadAheadBytes = 5_000;
            o.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        });
        const int count = 20_000;
        var sending = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
            {
                await pair.Client.SendAsync($"{i}".PadRight(i % 300));
            }
        });
        await Waits.Until(() => pair.Server.Core.Inbox.IsPaused, "reading pauses");
        for (int i = 0; i < count; i++)
        {
            var message = await pair.Server.ReceiveAsync().Soon();
            Assert.False(message.IsClose, pair.Server.Closed.IsCompleted ? $"{i}: {await pair.Server.Closed}" : "");
            Assert.Equal($"{i}".PadRight(i % 300), message.ToString());
        }

        await sending.Soon();
    }

    [Fact]
    public async Task What_is_read_ahead_is_bounded_even_for_tiny_messages()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Sockets, both: o => o.ReadAheadBytes = 4096);
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(pair.Client.TrySend("x"));
        }

        await Waits.Until(() => pair.Server.Core.Inbox.IsPaused, "reading pauses");
        Assert.InRange(pair.Server.Core.Inbox.ReadyCount, 1, (4096 / 256) + 1);
    }

    [Fact]
    public async Task Control_frames_can_be_seen()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string>();
        pair.Server.ControlFrameReceived += (connection, opcode, payload) =>
        {
            seen.Enqueue($"{opcode} {Convert.ToHexString(payload)}");
            throw new InvalidOperationException("a subscriber's fault is not the connection's");
        };
        await pair.Client.PongAsync(new byte[] { 7 }).Soon();
        var time = await pair.Client.PingAsync(new byte[] { 1, 2 }).Soon();
        Assert.True(time >= TimeSpan.Zero);
        Assert.Equal(time, pair.Client.Latency);
        await pair.Client.CloseAsync(CloseCode.Normal, "a").Soon();
        Assert.Equal(["Pong 07", "Ping 0102", "Close 03E861"], seen);
    }

    [Fact]
    public async Task A_pong_answers_the_pings_before_it_too()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var first = pair.Client.PingAsync(new byte[] { 1 });
        var second = pair.Client.PingAsync(new byte[] { 2 });
        await Task.WhenAll(first, second).Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Client.PingAsync(default, new CancellationToken(true)));
        Assert.Equal(ConnectionState.Open, pair.Client.State);
    }

    [Fact]
    public async Task A_piece_of_text_that_is_cut_within_a_character_is_sent_as_no_message()
    {
        await using var host = new WebSocketServer(new WebSocketServerOptions());
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        var opening = RawPeer.OpenAsync(host);
        Assert.True(await requests.MoveNextAsync().Soon());
        await using var server = await requests.Current.AcceptAsync();
        using var raw = await opening.Soon();

        byte[] text = "aé"u8.ToArray();
        await raw.SendFrameAsync(0x01, text.AsSpan(0, 2));
        await AssertRefusedAsync(await server.ReceivePieceAsync().Soon());
        await raw.SendFrameAsync(0x80, text.AsSpan(2));
        await AssertRefusedAsync(await server.ReceivePieceAsync().Soon()); // the last piece
        await raw.SendFrameAsync(0x01, text.AsSpan(0, 2));
        Assert.False((await server.ReceivePieceAsync().Soon()).EndOfMessage);
        await raw.SendFrameAsync(0x80, text.AsSpan(2));
        await AssertRefusedAsync(await server.ReceiveAsync().Soon()); // the rest, though asked for as a whole

        await raw.SendFrameAsync(0x01, text.AsSpan(0, 1));
        await server.SendAsync(await server.ReceivePieceAsync().Soon()).Soon(); // cut between characters
        Assert.Equal(text[..1], (await raw.ReadFrameAsync()).Payload);
        await raw.SendFrameAsync(0x80, text.AsSpan(1));
        Assert.True((await server.ReceivePieceAsync().Soon()).EndOfMessage);
        await raw.SendFrameAsync(0x81, text);
        await server.SendAsync(await server.ReceivePieceAsync().Soon()).Soon(); // a message in one piece
        Assert.Equal(text, (await raw.ReadFrameAsync()).Payload);

        await raw.SendFrameAsync(0x02, text.AsSpan(0, 2));
        await server.SendAsync(await server.ReceivePieceAsync().Soon()).Soon(); // binary may be cut anywhere
        Assert.Equal(text[..2], (await raw.ReadFrameAsync()).Payload);

        async Task AssertRefusedAsync(WebSocketMessage piece)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(async () => await server.SendAsync(piece));
            Assert.Contains("StartMessage", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => server.Send(piece));
        }
    }
}
