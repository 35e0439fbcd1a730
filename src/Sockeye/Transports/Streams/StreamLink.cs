using System.Buffers;
using System.Net;

namespace Sockeye.Transports.Streams;

/// <summary>Any stream with two directions that somebody hands over.</summary>
/// <param name="stream">The stream; the link owns it.</param>
/// <param name="details">What the stream itself cannot tell.</param>
internal sealed class StreamLink(Stream stream, StreamLinkDetails details) : Link
{
    private const int ReadBytes = 16 * 1024;

    private readonly ReadGate _gate = new();
    private readonly Lock _pushing = new(); // a cut link ends even while its stream keeps a read waiting
    private bool _cut, _ended;

    public override IByteReceiver? Receiver { get; set; }

    public override EndPoint? RemoteEndPoint => details.Remote;

    public override EndPoint? LocalEndPoint => details.Local;

    public override bool IsSecure => details.IsSecure;

    public override void Start() => _ = ReadAsync();

    /// <summary>A stream cannot say what it would take at once: all goes through the backlog.</summary>
    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => 0;

    public override void StartBacklog(IBacklog backlog) => _ = WriteAsync(backlog);

    public override void ShutdownSend() => _ = ShutdownSendAsync();

    public override void PauseReading() => _gate.Pause();

    public override void ResumeReading() => _gate.Resume();

    public override void Cut()
    {
        if (Interlocked.Exchange(ref _cut, true))
        {
            return;
        }

        _gate.Open();

        // On another stack: disposing a stream may call its pending operations back.
        ThreadPool.UnsafeQueueUserWorkItem(static s => ((StreamLink)s!).Dispose(), this);
    }

    private void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        catch (Exception)
        {
            // Whatever a foreign stream throws while it is thrown away concerns nobody any more.
        }

        End(new ObjectDisposedException(nameof(StreamLink)));
    }

    private async Task ReadAsync()
    {
        Exception? error = null;
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // what is there already is not handled on the accepting thread
            bool more = true;
            while (more)
            {
                await _gate.WaitAsync().ConfigureAwait(false);
                ObjectDisposedException.ThrowIf(_cut, this); // a cut opens the gate of a paused link, whose receiver expects no bytes
                if (details.ZeroByteReads)
                {
                    await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
                }

                more = await ReadOnceAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            error = e; // a foreign stream may throw anything: to a connection it is all the end of the link
        }

        End(error);
    }

    private void End(Exception? error)
    {
        lock (_pushing)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        Receiver!.OnEnded(error);
    }

    private void Push(Span<byte> bytes)
    {
        lock (_pushing)
        {
            if (!_ended)
            {
                var receiver = Receiver!;
                receiver.OnBytes(bytes);
                receiver.OnTurn();
            }
        }
    }

    private async ValueTask<bool> ReadOnceAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            int count = await stream.ReadAsync(buffer).ConfigureAwait(false);
            if (count > 0)
            {
                Push(buffer.AsSpan(0, count));
            }

            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteAsync(IBacklog backlog)
    {
        try
        {
            while (backlog.TryPeek(out var bytes))
            {
                bytes = bytes[..Math.Min(bytes.Length, PieceBytes)];
                await stream.WriteAsync(bytes).ConfigureAwait(false);
                await stream.FlushAsync().ConfigureAwait(false);
                backlog.Advance(bytes.Length);
            }
        }
        catch (Exception)
        {
            backlog.Fail();
            Cut();
        }
    }

    private async Task ShutdownSendAsync()
    {
        try
        {
            if (details.ShutdownSend is { } shutdown)
            {
                await shutdown().ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            Cut();
        }
    }
}
