using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Sockeye.Transports.Tls;

/// <summary>
/// The stream beneath an <see cref="System.Net.Security.SslStream"/>: reads are served by what a link pushes, if possible straight into
/// the reader's memory; what is written goes to the link's writing side. A read that has to wait is resumed on the thread that pushes.
/// </summary>
/// <param name="write">Takes what is written; never waits.</param>
/// <param name="pause">Stops the pushing (true), since nobody reads, or lets it go on; calls nobody back.</param>
internal sealed class TlsPipe(Action<ReadOnlyMemory<byte>> write, Action<bool> pause) : Stream, IValueTaskSource<int>
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<int> _waiter;
    private Memory<byte> _target;
    private byte[]? _kept;
    private int _start, _end;
    private Exception? _error;
    private bool _waiting, _ended, _paused;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The memory of the read that waits; a read that only waits for data goes on first. None: nobody reads.</summary>
    public Memory<byte> ReaderMemory()
    {
        lock (_lock)
        {
            if (!_waiting || !_target.IsEmpty)
            {
                return _waiting ? _target : default;
            }

            _waiting = false;
        }

        _waiter.SetResult(0); // on this stack the reader asks for the data itself
        lock (_lock)
        {
            return _waiting ? _target : default;
        }
    }

    /// <summary>Bytes for the reader, in its own memory already or elsewhere. It goes on within this call; what it does not take is kept.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        bool waited;
        lock (_lock)
        {
            waited = _waiting;
            _waiting = false;
            if (waited)
            {
                count = Math.Min(bytes.Length, _target.Length);
                bytes[..count].CopyTo(_target.Span); // nothing is moved if it is there already
            }

            Keep(bytes[count..]);
            if (!waited && !_paused)
            {
                _paused = true;
                pause(true);
            }
        }

        if (waited)
        {
            _waiter.SetResult(count);
        }
    }

    /// <summary>No more bytes follow: the reader finds the end, or the error.</summary>
    public void End(Exception? error)
    {
        bool waited;
        lock (_lock)
        {
            (_ended, _error) = (true, error);
            waited = _waiting;
            _waiting = false;
        }

        if (waited && error is not null)
        {
            _waiter.SetException(error);
        }
        else if (waited)
        {
            _waiter.SetResult(0);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_kept is not null)
            {
                int count = Math.Min(_end - _start, buffer.Length);
                _kept.AsSpan(_start, count).CopyTo(buffer.Span);
                _start += count;
                ReturnIfRead();
                return new ValueTask<int>(count);
            }

            if (_ended)
            {
                return _error is null ? new ValueTask<int>(0) : ValueTask.FromException<int>(_error);
            }

            _waiter.Reset();
            (_waiting, _target) = (true, buffer);
            var read = new ValueTask<int>(this, _waiter.Version);
            if (_paused)
            {
                _paused = false;
                pause(false);
            }

            return read;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(buffer.Length);
        buffer.CopyTo(copy);
        write(copy.AsMemory(0, buffer.Length));
        ArrayPool<byte>.Shared.Return(copy);
    }

    public override void Write(byte[] buffer, int offset, int count) => write(buffer.AsMemory(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        write(buffer);
        return default;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            _start = _end;
            ReturnIfRead();
        }

        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        int had = _end - _start;
        if (_kept is null || _kept.Length - _end < bytes.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(had + bytes.Length);
            _kept?.AsSpan(_start, had).CopyTo(larger);
            if (_kept is not null)
            {
                ArrayPool<byte>.Shared.Return(_kept);
            }

            (_kept, _start, _end) = (larger, 0, had);
        }

        bytes.CopyTo(_kept.AsSpan(_end));
        _end += bytes.Length;
    }

    private void ReturnIfRead()
    {
        if (_kept is not null && _start == _end)
        {
            ArrayPool<byte>.Shared.Return(_kept);
            (_kept, _start, _end) = (null, 0, 0);
        }
    }
}
