using System.Runtime.CompilerServices;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;
using Sockeye.Transports;

namespace Sockeye.Connections;

/// <summary>
/// Brings bytes onto a link in order: straight if nothing is queued, else behind what is; what the link does not take at once
/// it pulls when it can. The holder of the door calls; the link pulls on threads of its own.
/// </summary>
internal abstract class LinkWriter(Link link, bool masks) : IBacklog, ICorked
{
    /// <summary>Payloads up to this size are copied to leave together with others.</summary>
    private const int CorkedPayload = 4096;

    /// <summary>Payloads up to this size are written in one piece with their head: to copy them costs less than to have the kernel gather two.</summary>
    private const int JoinedPayload = 1024;

    /// <summary>With more than this gathered, it leaves before the burst is over.</summary>
    private const int CorkedBytes = 64 * 1024;

    private SegmentQueue _queue = new(masks);
    private long _reported;
    private long _written;
    private bool _pulling, _mustPull, _endWhenEmpty, _broken;

    /// <summary>
    /// Guards everything here, and the closing state of the session: the order of frames and of states is one order.
    /// It is this object, and not one more for each connection.
    /// </summary>
    public object Door => this;

    /// <summary>Whose link it writes to, once a connection is open.</summary>
    public IConnectionOwner? Owner { get; set; }

    /// <summary>How frames are written; set before the first one.</summary>
    public FramingKind Framing { get; set; }

    bool ICorked.IsHeld { get; set; }

    /// <summary>Bytes that the link has not taken yet.</summary>
    public long Backlog => _queue.Length;

    /// <summary>Whether the link did not take everything, and pulls the rest as it can.</summary>
    public bool IsStalled => Volatile.Read(ref _pulling);

    /// <summary>Bytes that the link has taken, ever.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <inheritdoc/>
    public void Prefetch() => Transports.Prefetch.Object(this, 3);

    /// <summary>Appends bytes of the opening handshake. With the door held.</summary>
    public void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        _queue.AppendRaw(bytes);
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

        Pull(pull);
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
            if (!_queue.IsEmpty) // else it was dropped meanwhile
            {
                Wrote(count);
                Report();
            }
        }
    }

    void IBacklog.Fail()
    {
        lock (Door)
        {
            _pulling = false;
            BreakLocked();
        }
    }

    /// <summary>Has the link pull, without the door, if a flush said so.</summary>
    protected void Pull(bool needed)
    {
        if (needed)
        {
            link.StartBacklog(this);
            Owner?.BacklogStalled();
        }
    }

    /// <summary>Bytes were taken, or are about to be: who waits outside may fit now. With the door held.</summary>
    protected abstract void MadeRoom();

    /// <summary>Queues a frame, payload copied.</summary>
    protected void Append(byte firstByte, ReadOnlySpan<byte> payload)
    {
        if (Framing == FramingKind.Hybi)
        {
            _queue.AppendFrame(firstByte, payload);
        }
        else
        {
            EarlyFrames.Append(ref _queue, Framing, firstByte, payload);
        }
    }

    /// <summary>Queues a frame whose payload stays the sender's, who waits.</summary>
    protected void Append(byte firstByte, ReadOnlyMemory<byte> payload, SendWaiter waiter)
    {
        if (Framing == FramingKind.Hybi)
        {
            _queue.AppendBorrowed(firstByte, payload, waiter);
        }
        else
        {
            EarlyFrames.AppendBorrowed(ref _queue, Framing, payload, waiter);
        }
    }

    /// <summary>Brings a frame straight to the link if nothing is queued, and copies only what the link leaves.</summary>
    protected void Write(byte firstByte, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > CorkedPayload && !_queue.Masks)
        {
            FlushQueue(); // what is only gathered leaves first, so that this can follow without being copied
        }

        if (_queue.Masks || Framing != FramingKind.Hybi || _pulling || !_queue.IsEmpty || (payload.Length <= CorkedPayload && Cork.IsOpen))
        {
            Append(firstByte, payload);
        }
        else if (payload.Length >= Handed.Smallest
            && Handed.TryFindFrame(payload, HybiFraming.HeaderSize(payload.Length), out var frame))
        {
            _ = HybiFraming.WriteHeader(frame, firstByte, payload.Length, null);
            WriteThrough(frame, default);
        }
        else
        {
            WriteThrough(firstByte, payload);
        }
    }

    // By itself, and not inlined: a method with memory on the stack guards it, and its arguments, on every call.
    [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
    private void WriteThrough(byte firstByte, ReadOnlySpan<byte> payload)
    {
        Span<byte> room = stackalloc byte[FrameHeader.MaxSize + JoinedPayload];
        var first = room[..HybiFraming.WriteHeader(room, firstByte, payload.Length, null)];
        if (payload.Length <= JoinedPayload)
        {
            payload.CopyTo(room[first.Length..]);
            first = room[..(first.Length + payload.Length)];
            payload = default;
        }

        WriteThrough(first, payload);
    }

    private void WriteThrough(ReadOnlySpan<byte> first, ReadOnlySpan<byte> payload)
    {
        int taken = link.TryWrite(first, payload);
        _written += taken;
        _queue.AppendRaw(first[Math.Min(taken, first.Length)..]);
        _queue.AppendRaw(payload[Math.Max(0, taken - first.Length)..]);
    }

    /// <summary>A frame was put: it leaves at once, or with the rest of the burst that this thread is in.</summary>
    /// <returns>Whether the link must pull the rest.</returns>
    protected bool FlushOrHold() =>
        (_pulling || _queue.IsEmpty || _queue.Length > CorkedBytes || !Cork.TryHold(this)) && FlushLocked();

    /// <summary>Writes what is queued; the answer is whether the link must pull the rest.</summary>
    protected bool FlushLocked()
    {
        MadeRoom();
        FlushQueue();
        EndIfEmpty();
        Report();
        bool pull = _mustPull;
        _mustPull = false;
        return pull;
    }

    /// <summary>The link is gone: nothing will be written any more.</summary>
    protected virtual void BreakLocked()
    {
        _broken = true;
        if (!_pulling)
        {
            Drop(); // else the link still reads the memory: it comes back and finds the door broken
        }
    }

    private void FlushQueue()
    {
        while (!_pulling && !_broken && !_queue.IsEmpty)
        {
            var (first, second) = _queue.Peek();
            int taken = link.TryWrite(first.Span, second.Span);
            Wrote(taken);
            _pulling = _mustPull = taken < first.Length + second.Length;
        }
    }

    private void Wrote(int count)
    {
        _written += count;
        _queue.Advance(count);
        MadeRoom();
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
        Report();
    }

    // Not at every change: what leaves at the end of its burst never was a backlog, and the sum is one place for all threads.
    private void Report()
    {
        long change = _queue.Length - _reported;
        if (change != 0)
        {
            _reported += change;
            Telemetry.BacklogChanged(change);
        }
    }
}
