using Sockeye.Diagnostics;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;
using Sockeye.Transports;

namespace Sockeye.Connections;

/// <summary>
/// The one door for writes. Frames leave in the order in which they pass it; a message is never torn by another, since a fragmented
/// one holds the turn until its end. What the link does not take at once is backlog: it stays under the mark, because a frame
/// that does not fit waits outside, where it can still be withdrawn.
/// </summary>
internal sealed class Outbox(Link link, bool masks, long mark, SlowPeerPolicy policy) : IBacklog
{
    /// <summary>Payloads up to this size are copied when they must wait; the sender of a larger one waits with it.</summary>
    private const int CopyBytes = 64 * 1024;

    /// <summary>With more than this unsent, only the latest pong is kept (RFC 6455 §5.5.3 allows it): pings never read cost nothing.</summary>
    private const int PongBacklogBytes = 16 * 1024;

    private readonly SegmentQueue _queue = new(masks);
    private readonly SendTurns _turns = new();
    private byte[]? _owedPong;
    private long _backlog;
    private long _written;
    private bool _pulling, _closed, _endWhenEmpty, _broken;

    /// <summary>Guards everything here, and the closing state of the session: the order of frames and of states is one order.</summary>
    public Lock Door { get; } = new();

    /// <summary>Bytes that the link has not taken yet.</summary>
    public long Backlog => Volatile.Read(ref _backlog);

    /// <summary>Bytes that the link has taken, ever.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Messages dropped by <see cref="SlowPeerPolicy.DropNewest"/>.</summary>
    public long Dropped { get; private set; }

    /// <summary>Called without the door when the policy is to close a slow peer's connection.</summary>
    public Action? Overflow { get; set; }

    /// <summary>
    /// Sends one frame. It completes when the bytes are with the link or copied and the backlog is under the mark.
    /// A cancelled send is withdrawn while it waits outside; once under way it finishes.
    /// </summary>
    public ValueTask SendAsync(
        byte firstByte, ReadOnlyMemory<byte> payload, object? turn, bool endsTurn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool pull = false;
        bool refused = false;
        SendWaiter? waiter = null;
        lock (Door)
        {
            if (_closed)
            {
                throw new WebSocketClosedException();
            }

            bool fits = Fits(payload.Length);
            if (fits && _turns.MayGo(turn))
            {
                waiter = Put(firstByte, payload, turn, endsTurn, null);
                pull = FlushLocked();
            }
            else if (fits || policy == SlowPeerPolicy.Wait || turn is not null)
            {
                waiter = new SendWaiter(firstByte, payload, turn, endsTurn);
                _turns.Wait(waiter);
            }
            else
            {
                Dropped++;
                refused = policy == SlowPeerPolicy.Close;
            }
        }

        if (pull)
        {
            link.StartBacklog(this);
        }

        if (refused)
        {
            Overflow?.Invoke();
            return ValueTask.FromException(new WebSocketClosedException());
        }

        return waiter is null ? default : new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Sends one frame if that needs no waiting, copying what it queues; false if it does not fit.</summary>
    public bool TrySend(byte firstByte, ReadOnlySpan<byte> payload)
    {
        bool sent;
        bool pull = false;
        lock (Door)
        {
            if (_closed)
            {
                return false;
            }

            sent = _turns.MayGo(null) && Fits(payload.Length);
            if (sent)
            {
                PutCopy(firstByte, payload);
                pull = FlushLocked();
            }
            else
            {
                Dropped += policy == SlowPeerPolicy.Wait ? 0 : 1;
            }
        }

        if (pull)
        {
            link.StartBacklog(this);
        }

        if (!sent && policy == SlowPeerPolicy.Close)
        {
            Overflow?.Invoke();
        }

        return sent;
    }

    /// <summary>Appends a control frame, which may overtake messages that wait outside. With the door held; flush afterwards.</summary>
    /// <returns>How many bytes will have been written when the frame is.</returns>
    public long AppendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!_closed)
        {
            _queue.AppendFrame(HybiFraming.FirstByte(opcode, true), payload);
            Count();
        }

        return _written + _queue.Length;
    }

    /// <summary>Appends the answer to a ping, or remembers the latest one while the peer takes nothing. With the door held.</summary>
    public void AppendPong(ReadOnlySpan<byte> payload)
    {
        if (_queue.Length > PongBacklogBytes)
        {
            _owedPong = payload.ToArray();
        }
        else
        {
            _owedPong = null;
            AppendControl(Opcode.Pong, payload);
        }
    }

    /// <summary>Appends bytes of the opening handshake. With the door held.</summary>
    public void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        _queue.AppendRaw(bytes);
        Count();
    }

    /// <summary>No frame follows any more: whoever waits outside is told. With the door held.</summary>
    public void CloseDoor()
    {
        _closed = true;
        _owedPong = null;
        _turns.Refuse(static () => new WebSocketClosedException());
    }

    /// <summary>Ends the sending direction as soon as everything is written. With the door held.</summary>
    public void EndWhenEmpty()
    {
        _endWhenEmpty = true;
        EndIfEmpty();
    }

    /// <summary>Writes what is queued as far as the link takes it.</summary>
    public void Flush()
    {
        bool pull;
        lock (Door)
        {
            pull = FlushLocked();
        }

        if (pull)
        {
            link.StartBacklog(this);
        }
    }

    /// <summary>The link is gone: nothing will be written any more.</summary>
    public void Break()
    {
        lock (Door)
        {
            CloseDoor();
            _broken = true;
            if (!_pulling)
            {
                Drop(); // else the puller still reads the memory: it comes back and finds the door broken
            }
        }
    }

    bool IBacklog.TryPeek(out ReadOnlyMemory<byte> bytes)
    {
        lock (Door)
        {
            if (_broken)
            {
                Drop();
            }

            if (_queue.IsEmpty)
            {
                bytes = default;
                _pulling = false;
                EndIfEmpty();
                return false;
            }

            bytes = _queue.Peek().First;
            return true;
        }
    }

    void IBacklog.Advance(int count)
    {
        lock (Door)
        {
            Wrote(count);
        }
    }

    void IBacklog.Fail()
    {
        lock (Door)
        {
            _pulling = false;
        }

        Break();
    }

    private bool Fits(int payload) => _queue.Length == 0 || _queue.Length + FrameHeader.MaxSize + payload <= mark;

    /// <summary>Lets a frame in that may go and fits. The answer is whom to wait for, if the payload was borrowed.</summary>
    private SendWaiter? Put(byte firstByte, ReadOnlyMemory<byte> payload, object? turn, bool endsTurn, SendWaiter? waiter)
    {
        _turns.Go(turn, endsTurn);
        if (payload.Length <= CopyBytes)
        {
            PutCopy(firstByte, payload.Span);
            return null;
        }

        waiter ??= new SendWaiter(firstByte, payload, turn, endsTurn);
        waiter.IsStarted = true;
        _queue.AppendBorrowed(firstByte, payload, waiter);
        Count();
        return waiter;
    }

    private void PutCopy(byte firstByte, ReadOnlySpan<byte> payload)
    {
        if (masks || _pulling || !_queue.IsEmpty)
        {
            _queue.AppendFrame(firstByte, payload);
            Count();
            return;
        }

        // Nothing is queued: straight to the link, and only what it leaves is copied.
        Span<byte> header = stackalloc byte[FrameHeader.MaxSize];
        header = header[..HybiFraming.WriteHeader(header, firstByte, payload.Length, null)];
        int taken = link.TryWrite(header, payload);
        _written += taken;
        _queue.AppendRaw(header[Math.Min(taken, header.Length)..]);
        _queue.AppendRaw(payload[Math.Max(0, taken - header.Length)..]);
        Count();
    }

    private bool FlushLocked()
    {
        LetIn();
        while (!_pulling && !_broken && !_queue.IsEmpty)
        {
            var (first, second) = _queue.Peek();
            int taken = link.TryWrite(first.Span, second.Span);
            Wrote(taken);
            if (taken < first.Length + second.Length)
            {
                _pulling = true;
                return true;
            }
        }

        EndIfEmpty();
        return false;
    }

    private void Wrote(int count)
    {
        _written += count;
        _queue.Advance(count);
        Count();
        if (_owedPong is { } pong && _queue.Length <= PongBacklogBytes)
        {
            AppendPong(pong);
        }

        LetIn();
    }

    /// <summary>Lets in who waits outside, in order, as far as they fit.</summary>
    private void LetIn()
    {
        while (!_closed && _turns.Next is { } waiter && Fits(waiter.Payload.Length))
        {
            _turns.Remove(waiter);
            waiter.IsStarted = true;
            if (Put(waiter.FirstByte, waiter.Payload, waiter.Turn, waiter.EndsTurn, waiter) is null)
            {
                waiter.TrySetResult();
            }
        }
    }

    private void Withdraw(SendWaiter waiter, CancellationToken cancellationToken)
    {
        lock (Door)
        {
            if (waiter.IsStarted)
            {
                return;
            }

            _turns.Remove(waiter);
            waiter.TrySetCanceled(cancellationToken);
        }
    }

    private async Task WaitAsync(SendWaiter waiter, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (outbox, waiter) = ((Outbox, SendWaiter))state!;
                outbox.Withdraw(waiter, token);
            },
            (this, waiter)))
        {
            await waiter.Task.ConfigureAwait(false);
        }
    }

    private void EndIfEmpty()
    {
        if (_endWhenEmpty && _queue.IsEmpty && !_pulling && !_broken)
        {
            _endWhenEmpty = false;
            link.ShutdownSend();
        }
    }

    private void Drop()
    {
        _queue.Clear(static () => new WebSocketClosedException());
        Count();
    }

    private void Count()
    {
        long now = _queue.Length;
        Telemetry.BacklogChanged(now - _backlog);
        Volatile.Write(ref _backlog, now);
    }
}
