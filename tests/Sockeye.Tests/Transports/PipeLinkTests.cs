using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Sockeye.Tests.Support;
using Sockeye.Transports;
using Sockeye.Transports.Pipes;

namespace Sockeye.Tests.Transports;

/// <summary>Links over pipes, without a connection above them.</summary>
public sealed class PipeLinkTests
{
    [Fact]
    public async Task What_a_slow_reader_leaves_is_pulled_in_order_by_one_thread_at_a_time()
    {
        for (int round = 0; round < 20; round++)
        {
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500));
            var link = new PipeLink(new Pipe().Reader, pipe.Writer, new PipeLinkDetails());
            byte[] all = new byte[1 << 20];
            new Random(round).NextBytes(all);
            int taken = link.TryWrite(all.AsSpan(0, 10), all.AsSpan(10, 5000));
            Assert.Equal(5010, taken);
            Assert.Equal(0, link.TryWrite(all, default)); // the flush is not done
            link.StartBacklog(new Rest(all.AsMemory(taken)));
            var got = new MemoryStream();
            while (got.Length < all.Length)
            {
                var read = await pipe.Reader.ReadAsync().Soon();
                foreach (var segment in read.Buffer)
                {
                    got.Write(segment.Span);
                }

                pipe.Reader.AdvanceTo(read.Buffer.End);
            }

            Assert.True(got.ToArray().AsSpan().SequenceEqual(all));
        }
    }

    [Fact]
    public async Task A_reader_that_is_gone_fails_the_backlog_and_ends_the_link()
    {
        var (up, down) = (new Pipe(), new Pipe(new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500)));
        var receiver = new Receiver();
        var link = new PipeLink(up.Reader, down.Writer, new PipeLinkDetails()) { Receiver = receiver };
        link.Start();
        var rest = new Rest(new byte[1 << 20]);
        link.StartBacklog(rest);
        await down.Reader.CompleteAsync();
        await receiver.Ended.Task.Soon();
        Assert.True(rest.Failed);
        Assert.Equal(0, link.TryWrite(new byte[10], default));
    }

    [Fact]
    public async Task A_handler_that_blocks_in_the_last_turn_may_wait_for_the_end()
    {
        CloseResult? result = null;
        await using var server = new WebSocketServer(new WebSocketServerOptions { CloseTimeout = TimeSpan.FromMilliseconds(100) }, async connection =>
        {
            await connection.ReceiveAsync();
            result = connection.Close((CloseCode)4000, "enough"); // blocks the thread that read the message and the end together
        });
        var (up, down) = (new Pipe(), new Pipe());
        up.Writer.Write(Encoding.ASCII.GetBytes(RawPeer.Handshake));
        await up.Writer.FlushAsync();
        server.Attach(new Ends(up.Reader, down.Writer));
        await down.Reader.ReadAsync().AsTask().Soon();
        await Waits.Until(() => server.ConnectionCount == 1, "it is open");
        up.Writer.Write(RawPeer.Frame(0x81, "last"u8));
        await up.Writer.CompleteAsync();
        await Waits.Until(() => result is not null, "the close ends");
        await Waits.Until(() => server.ConnectionCount == 0, "the connection leaves");
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Rest(ReadOnlyMemory<byte> bytes) : IBacklog
    {
        private ReadOnlyMemory<byte> _bytes = bytes;

        public bool Failed { get; private set; }

        public bool TryPeek(out ReadOnlyMemory<byte> next)
        {
            next = _bytes[..Math.Min(_bytes.Length, 3000)];
            return !next.IsEmpty;
        }

        public void Advance(int count) => _bytes = _bytes[count..];

        public void Fail() => Failed = true;
    }

    private sealed class Receiver : IByteReceiver
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnBytes(Span<byte> bytes)
        {
        }

        public void OnEnded(Exception? error) => Ended.TrySetResult();
    }
}
