using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Connections;

/// <summary>Rare orders of things on an open connection.</summary>
public sealed class ReviewTests
{
    [Fact]
    public async Task After_a_message_in_pieces_a_whole_one_larger_than_the_read_ahead_still_arrives()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, both: o => o.ReadAheadBytes = 1000);
        await pair.Client.SendAsync("in pieces").Soon();
        Assert.True((await pair.Server.ReceivePieceAsync().Soon()).EndOfMessage);
        var sending = pair.Client.SendAsync(new byte[200_000]).AsTask();
        Assert.Equal(200_000, (await pair.Server.ReceiveAsync().Soon()).Length);
        await sending.Soon();
    }

    [Fact]
    public async Task A_keep_alive_ping_that_the_peer_never_takes_ends_the_connection()
    {
        var time = new ManualTime();
        var server = new WebSocketServerOptions { TimeProvider = time };
        var client = new WebSocketClientOptions { ReadAheadBytes = 0, KeepAliveInterval = Timeout.InfiniteTimeSpan };
        await using var pair = await Pair.OpenAsync(new MemoryLinkOptions { Capacity = 1000 }, new MemoryLinkOptions(), server, client);
        await pair.Server.SendAsync("x").Soon();
        await Waits.Until(() => pair.Client.Core.Inbox.IsPaused, "the client lags");
        await pair.Server.SendAsync(new byte[996]).Soon();
        Assert.True(pair.ClientLink!.IsFull);
        Assert.Equal(0, pair.Server.BufferedBytes);
        for (int i = 0; i < 20; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Contains("took nothing", (await pair.Server.Closed.Soon()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_deadline_begins_anew_when_reading_goes_on()
    {
        var time = new ManualTime();
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, TimeProvider = time, ReadAheadBytes = 0 };
        await using var host = await WebSocketServer.StartAsync(options);
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        var opening = RawPeer.OpenAsync((await host.Started)[0]);
        await requests.MoveNextAsync().Soon();
        await using var server = await requests.Current.AcceptAsync();
        using var peer = await opening;
        await peer.SendFrameAsync(0x81, "x"u8);
        await Waits.Until(() => server.Core.Inbox.IsPaused, "the application lags");
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0x89, (await peer.ReadFrameAsync()).First);
        time.Advance(TimeSpan.FromSeconds(19));
        await server.ReceiveAsync().Soon();
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(ConnectionState.Open, server.State);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("no answer to a ping", (await server.Closed.Soon()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_withdrawn_send_lets_in_those_behind_it()
    {
        var server = new WebSocketServerOptions { SendBacklogBytes = 100_000 };
        var client = new WebSocketClientOptions { ReadAheadBytes = 0 };
        await using var pair = await Pair.OpenAsync(new MemoryLinkOptions { Capacity = 100 }, new MemoryLinkOptions(), server, client);
        await pair.Server.SendAsync("x").Soon();
        await Waits.Until(() => pair.Client.Core.Inbox.IsPaused, "the client lags");
        await pair.Server.SendAsync(new byte[50_000]).Soon();
        using var cancellation = new CancellationTokenSource();
        var large = pair.Server.SendAsync(new byte[60_000], cancellation.Token).AsTask();
        var small = pair.Server.SendAsync(new byte[10]).AsTask();
        Assert.False(small.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.Soon());
        await small.Soon();
    }

    [Fact]
    public async Task The_memory_of_a_message_stays_alive_while_it_is_sent()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Sockets, both: o => (o.MaxMessageBytes, o.ReadAheadBytes) = (64 << 20, 0));
        byte[] bytes = new byte[30 << 20];
        bytes.AsSpan().Fill(7);
        var first = pair.Client.SendAsync(bytes).AsTask();
        var message = await pair.Server.ReceiveAsync().Soon();
        await first.Soon();
        await pair.Client.SendAsync("x").Soon();
        var memory = message.Memory;
        await pair.Server.SendAsync("y").Soon();
        await Waits.Until(() => pair.Client.Core.Inbox.IsPaused, "the client lags");
        var sending = pair.Server.SendAsync(memory).AsTask(); // waits for the link
        await pair.Server.ReceiveAsync().Soon(); // releases the message
        Assert.False(sending.IsCompleted);
        Assert.Equal("y", (await pair.Client.ReceiveAsync().Soon()).ToString());
        var back = await pair.Client.ReceiveAsync().Soon();
        Assert.Equal((bytes.Length, -1), (back.Length, back.Span.IndexOfAnyExcept((byte)7)));
        await sending.Soon();
        Assert.Throws<InvalidOperationException>(() => { _ = pair.Server.SendAsync(memory); });
        Assert.Equal(ConnectionState.Open, pair.Server.State);
    }

    [Fact]
    public async Task A_close_finishes_over_a_stream_that_takes_no_notice_of_being_disposed()
    {
        var time = new ManualTime();
        await using var host = new WebSocketServer(new WebSocketServerOptions { TimeProvider = time });
        var stream = new DeafStream(RawPeer.Handshake);
        host.Attach(stream);
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        await requests.MoveNextAsync().Soon();
        var server = await requests.Current.AcceptAsync();
        var closing = server.CloseAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False((await closing.Soon()).IsClean);
        Assert.True(stream.IsDisposed.Wait(Waits.Long));
    }

    private sealed class DeafStream(string first) : Stream
    {
        private readonly TaskCompletionSource<int> _never = new();
        private byte[]? _first = System.Text.Encoding.ASCII.GetBytes(first);

        public ManualResetEventSlim IsDisposed { get; } = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_first is not { } bytes)
            {
                return new(_never.Task);
            }

            bytes.CopyTo(buffer);
            _first = null;
            return new(bytes.Length);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            IsDisposed.Set();
            base.Dispose(disposing);
        }
    }
}
