using System.Buffers;
using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>Messages there and back, on every transport.</summary>
public sealed class ExchangeTests
{
    public static TheoryData<TransportKind> Transports => Pair.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task Messages_of_all_sizes_arrive_as_they_were_sent(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        foreach (int size in new[] { 0, 1, 125, 126, 127, 4095, 65_535, 65_536, 65_537, 200_000, 1 << 20 })
        {
            byte[] payload = Bytes(size);
            var sent = pair.Client.SendAsync(payload);
            var received = await pair.Server.ReceiveAsync().Soon();
            Assert.Equal((MessageType.Binary, true), (received.Type, received.EndOfMessage));
            Assert.True(received.Span.SequenceEqual(payload), $"client to server, {size}");
            await sent.Soon();

            var back = pair.Server.SendAsync(received);
            var echoed = await pair.Client.ReceiveAsync().Soon();
            Assert.True(echoed.Span.SequenceEqual(payload), $"server to client, {size}");
            await back.Soon();
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Text_arrives_as_text(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        await pair.Client.SendAsync("Grüße, 世界 🌍").AsTask().Soon();
        var message = await pair.Server.ReceiveAsync().Soon();
        Assert.Equal(MessageType.Text, message.Type);
        Assert.Equal("Grüße, 世界 🌍", message.ToString());

        await pair.Server.SendAsync(Sequence("abc", "", "déf"), MessageType.Text).Soon();
        Assert.Equal("abcdéf", (await pair.Client.ReceiveAsync().Soon()).ToString());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_burst_arrives_in_order(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        var sending = Task.Run(async () =>
        {
            for (int i = 0; i < 2000; i++)
            {
                await pair.Client.SendAsync($"message {i}");
            }

            await pair.Client.CloseAsync();
        });
        int expected = 0;
        await foreach (var message in pair.Server)
        {
            Assert.Equal($"message {expected++}", message.ToString());
        }

        Assert.Equal(2000, expected);
        await sending.Soon();
        Assert.True((await pair.Server.Closed.Soon()).IsClean);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Fragments_are_one_message_and_pings_pass_between_them(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        await using var writer = pair.Client.StartMessage(MessageType.Text);
        byte[] euro = Encoding.UTF8.GetBytes("€");
        await writer.WriteAsync(euro.AsMemory(0, 1)).Soon();
        await pair.Client.PingAsync().Soon();
        await writer.WriteAsync(euro.AsMemory(1, 1)).Soon();
        await writer.CompleteAsync(euro.AsMemory(2)).Soon();
        Assert.Equal("€", (await pair.Server.ReceiveAsync().Soon()).ToString());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_message_is_received_piece_by_piece(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind, both: o => o.MaxMessageBytes = 8 << 20);
        byte[] payload = Bytes(5_000_000);
        int at = 0;
        int pieces = 0;
        var next = pair.Server.ReceivePieceAsync().AsTask(); // waits already: else all could be there before
        var sending = pair.Client.SendAsync(payload).AsTask();
        while (true)
        {
            var piece = await next.Soon();
            Assert.Equal(MessageType.Binary, piece.Type);
            Assert.True(piece.Span.SequenceEqual(payload.AsSpan(at, piece.Length)));
            at += piece.Length;
            pieces++;
            if (piece.EndOfMessage)
            {
                break;
            }

            next = pair.Server.ReceivePieceAsync().AsTask();
        }

        await sending.Soon();
        Assert.Equal(payload.Length, at);
        Assert.True(pieces > 1);

        await pair.Client.SendAsync("whole").Soon();
        Assert.Equal("whole", (await pair.Server.ReceiveAsync().Soon()).ToString());
    }

    [Fact]
    public async Task Reading_and_disposing_can_be_configured()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        await pair.Client.SendAsync("one");
        await pair.Client.SendAsync("two");
        var received = new List<string>();
        await using (pair.Server.ConfigureAwait(false))
        {
            await foreach (var message in pair.Server.ConfigureAwait(false))
            {
                received.Add(message.ToString());
                break;
            }

            await foreach (var message in pair.Server.ConfigureAwait(false).WithCancellation(TestContext.Current.CancellationToken))
            {
                received.Add(message.ToString());
                break;
            }
        }

        Assert.Equal(["one", "two"], received);
        Assert.Equal(ConnectionState.Closed, pair.Server.State);
    }

    [Fact]
    public async Task A_message_that_is_used_too_late_throws()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        await pair.Client.SendAsync("first").Soon();
        await pair.Client.SendAsync("second").Soon();
        await pair.Client.SendAsync("third").Soon();
        var first = await pair.Server.ReceiveAsync().Soon();
        var memory = first.Memory;
        Assert.Equal("first", Encoding.UTF8.GetString(memory.Span));
        using var kept = first.Keep();
        byte[] copy = first.ToArray();
        var second = await pair.Server.ReceiveAsync().Soon();
        Assert.Throws<InvalidOperationException>(() => first.Length);
        Assert.Throws<InvalidOperationException>(() => first.ToString());
        Assert.Throws<InvalidOperationException>(() => memory.Span.Length);
        Assert.Throws<InvalidOperationException>(() => { first.Keep(); });
        Assert.Throws<InvalidOperationException>(() => { _ = pair.Server.SendAsync(first); });
        Assert.Equal("second", second.ToString());
        Assert.Equal("first", Encoding.UTF8.GetString(kept.Memory.Span));
        Assert.Equal("first"u8, copy);
        await pair.Server.ReceiveAsync().Soon();
        kept.Dispose();
        Assert.Throws<ObjectDisposedException>(() => kept.Memory.Length);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_end_is_a_value_as_often_as_asked(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        await pair.Client.SendAsync("last").Soon();
        var closing = pair.Client.CloseAsync((CloseCode)4001, "genug");
        Assert.Equal("last", (await pair.Server.ReceiveAsync().Soon()).ToString());
        for (int i = 0; i < 3; i++)
        {
            var end = await pair.Server.ReceiveAsync().Soon();
            Assert.True(end.IsClose);
            Assert.Equal(0, end.Length);
        }

        var seen = await pair.Server.Closed.Soon();
        Assert.Equal(((CloseCode)4001, "genug", CloseInitiator.Remote, true), (seen.Code, seen.Reason, seen.Initiator, seen.IsClean));
        var own = await closing.Soon();
        Assert.Equal(((CloseCode)4001, "genug", CloseInitiator.Local, true), (own.Code, own.Reason, own.Initiator, own.IsClean));
        Assert.Equal(ConnectionState.Closed, pair.Client.State);
        Assert.Throws<WebSocketClosedException>(() => { _ = pair.Client.SendAsync("late"); });
        Assert.False(pair.Client.TrySend("late"));
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static ReadOnlySequence<byte> Sequence(params string[] parts)
    {
        var first = new Part(Encoding.UTF8.GetBytes(parts[0]), 0);
        var last = first;
        foreach (string part in parts[1..])
        {
            last = last.Append(Encoding.UTF8.GetBytes(part));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(byte[] bytes, long index) => (Memory, RunningIndex) = (bytes, index);

        public Part Append(byte[] bytes)
        {
            var next = new Part(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
