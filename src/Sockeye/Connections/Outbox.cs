using System.Buffers;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;
using Sockeye.Transports;

namespace Sockeye.Connections;

/// <summary>
/// The one door for writes. Frames leave in the order in which they pass it; a message is never torn by another, since a fragmented
/// one holds the turn until its end. What the link does not take at once is backlog: it stays under the mark, because a frame
/// that does not fit waits outside, where it can still be withdrawn.
/// </summary>
internal sealed partial class Outbox(Link link, bool masks, long mark, SlowPeerPolicy policy) : LinkWriter(link, masks)
{
    /// <summary>Payloads up to this size are copied when they must wait; the sender of a larger one waits with it.</summary>
    private const int CopyBytes = 64 * 1024;

    /// <summary>With more than this unsent, only the latest pong is kept (RFC 6455 §5.5.3 allows it): pings never read cost nothing.</summary>
    private const int PongBacklogBytes = 16 * 1024;

    // Made when somebody has to stand in line, or takes a turn of several frames: most connections never do.
    private SendTurns? _turns;
    private byte[]? _owedPong;
    private bool _closed;

    /// <summary>Whether the dialect has binary messages; set before the connection is open.</summary>
    public bool TakesBinary { get; set; }

    /// <summary>The owner paused because of the backlog, and is to be told when that is written. With the door held.</summary>
    public bool OwnerLags { get; set; }

    /// <summary>Messages dropped by <see cref="SlowPeerPolicy.DropNewest"/>.</summary>
    public long Dropped { get; private set; }

    /// <summary>Compresses messages as they pass the door, if that was agreed on; set before the connection is open.</summary>
    public MessageDeflater? Deflater { get; set; }

    /// <summary>Whether the backlog has come so far that a sender who cannot wait should get no more to send.</summary>
    public bool IsHalfFull => Backlog > mark / 2;

    /// <summary>Whether a message waits rather than be dropped.</summary>
    public bool Waits => policy == SlowPeerPolicy.Wait;

    /// <summary>
    /// Sends one frame. It completes when the bytes are with the link or copied and the backlog is under the mark.
    /// A cancelled send is withdrawn while it waits outside; once under way it finishes.
    /// </summary>
    /// <param name="firstByte">FIN and opcode; RSV1 too if the payload is compressed already, and refers to no earlier message.</param>
    /// <param name="payload">The sender's until the task completes.</param>
    /// <param name="deflate">Whether to compress it, as far as that was agreed on.</param>
    /// <param name="turn">The fragmented message that it belongs to, if any.</param>
    /// <param name="endsTurn">Whether that message ends with it.</param>
    /// <param name="cancellationToken">Withdraws it.</param>
    /// <param name="taken">False if it was dropped because the peer is slow.</param>
    public ValueTask SendAsync(
        byte firstByte,
        ReadOnlyMemory<byte> payload,
        bool deflate,
        object? turn,
        bool endsTurn,
        CancellationToken cancellationToken,
        out bool taken)
    {
        taken = true;
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

            bool fits = FitsNow(payload.Length, ref pull);
            if (fits && MayGo(turn))
            {
                waiter = Put(firstByte, payload, deflate, turn, endsTurn, null);
                pull |= FlushOrHold();
            }
            else if (fits || policy == SlowPeerPolicy.Wait || turn is not null)
            {
                waiter = new SendWaiter(firstByte, payload, deflate, turn, endsTurn);
                (_turns ??= new SendTurns()).Wait(waiter);
            }
            else
            {
                Dropped++;
                taken = false;
                refused = policy == SlowPeerPolicy.Close;
            }
        }

        Pull(pull);

        if (refused)
        {
            Owner?.BacklogOverflowed();
            return ValueTask.FromException(new WebSocketClosedException());
        }

        return waiter is null ? default : new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Sends one small frame if it may go at once; false, and nothing said, if it may not.</summary>
    public bool TrySendSmall(byte firstByte, ReadOnlySpan<byte> payload, bool deflate)
    {
        if (payload.Length > CopyBytes)
        {
            return false;
        }

        Refusal refusal;
        bool pull;
        lock (Door)
        {
            refusal = TryPut(firstByte, payload, deflate, out pull);
        }

        Pull(pull);
        return refusal == Refusal.None;
    }

    /// <summary>Sends one frame if that needs no waiting, copying what it queues; false if it does not fit.</summary>
    public bool TrySend(byte firstByte, ReadOnlySpan<byte> payload, bool deflate)
    {
        Refusal refusal;
        bool pull;
        lock (Door)
        {
            refusal = TryPut(firstByte, payload, deflate, out pull);
            Dropped += refusal == Refusal.Full && policy != SlowPeerPolicy.Wait ? 1 : 0;
        }

        Pull(pull);
        if (refusal == Refusal.Full && policy == SlowPeerPolicy.Close)
        {
            Owner?.BacklogOverflowed();
        }

        return refusal == Refusal.None;
    }

    /// <summary>Appends a control frame, which may overtake messages that wait outside. With the door held; flush afterwards.</summary>
    /// <returns>How many bytes will have been written when the frame is.</returns>
    public long AppendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!_closed)
        {
            Append(HybiFraming.FirstByte(opcode, true), payload);
        }

        return Written + Backlog;
    }

    /// <summary>Appends the answer to a ping, or remembers the latest one while the peer takes nothing. With the door held.</summary>
    public void AppendPong(ReadOnlySpan<byte> payload)
    {
        if (Backlog > PongBacklogBytes)
        {
            _owedPong = payload.ToArray();
        }
        else
        {
            _owedPong = null;
            AppendControl(Opcode.Pong, payload);
        }
    }

    /// <summary>No frame follows any more: whoever waits outside is told. With the door held.</summary>
    public void CloseDoor()
    {
        _closed = true;
        _owedPong = null;
        Deflater?.Dispose();
        _turns?.Refuse(static () => new WebSocketClosedException());
    }

    /// <summary>The link is gone: nothing will be written any more.</summary>
    public void Break()
    {
        lock (Door)
        {
            BreakLocked();
        }
    }

    protected override void BreakLocked()
    {
        CloseDoor();
        base.BreakLocked();
    }

    /// <summary>Writes the pong that is owed, and lets in who waits outside, in order, as far as they fit.</summary>
    protected override void MadeRoom()
    {
        if (_owedPong is { } pong && Backlog <= PongBacklogBytes)
        {
            AppendPong(pong);
        }

        if (OwnerLags && Backlog == 0)
        {
            OwnerLags = false;
            Owner!.BacklogDrained();
        }

        while (!_closed && _turns?.Next is { } waiter && Fits(waiter.Payload.Length))
        {
            _turns.Remove(waiter);
            waiter.IsStarted = true;
            if (Put(waiter.FirstByte, waiter.Payload, waiter.Deflate, waiter.Turn, waiter.EndsTurn, waiter) is null)
            {
                waiter.TrySetResult();
            }
        }
    }

    /// <summary>Puts a frame that needs no waiting, with the door held.</summary>
    private Refusal TryPut(byte firstByte, ReadOnlySpan<byte> payload, bool deflate, out bool pull)
    {
        pull = false;
        if (_closed)
        {
            return Refusal.Closed;
        }

        if (!FitsNow(payload.Length, ref pull))
        {
            return Refusal.Full;
        }

        if (!MayGo(null))
        {
            return Refusal.Turn;
        }

        if (!Coded(firstByte, payload, deflate))
        {
            Write(firstByte, payload);
        }

        pull |= FlushOrHold();
        return Refusal.None;
    }

    private bool MayGo(object? turn) => _turns is null || _turns.MayGo(turn);

    /// <summary>Whether a frame fits, if need be after what is held back for the rest of a burst: that is nothing the peer has not taken.</summary>
    private bool FitsNow(int payload, ref bool pull)
    {
        if (!Fits(payload) && !IsStalled)
        {
            pull |= FlushLocked();
        }

        return Fits(payload);
    }

    private bool Fits(int payload) => Backlog == 0 || Backlog + FrameHeader.MaxSize + payload <= mark;

    /// <summary>Lets a frame in that may go and fits. The answer is whom to wait for, if the payload was borrowed.</summary>
    private SendWaiter? Put(byte firstByte, ReadOnlyMemory<byte> payload, bool deflate, object? turn, bool endsTurn, SendWaiter? waiter)
    {
        if (_turns is not null || !endsTurn)
        {
            (_turns ??= new SendTurns()).Go(turn, endsTurn);
        }

        if (Coded(firstByte, payload.Span, deflate))
        {
            return null;
        }

        if (payload.Length <= CopyBytes)
        {
            Write(firstByte, payload.Span);
            return null;
        }

        waiter ??= new SendWaiter(firstByte, payload, deflate, turn, endsTurn);
        waiter.IsStarted = true;
        Append(firstByte, payload, waiter);
        return waiter;
    }

    /// <summary>Writes a frame compressed; false if it is to be written as it is.</summary>
    private bool Coded(byte firstByte, ReadOnlySpan<byte> payload, bool deflate)
    {
        if ((firstByte & HybiFraming.Compressed) != 0)
        {
            Deflater?.Skipped();
        }

        if (!deflate || Deflater is null)
        {
            return false;
        }

        bool first = (firstByte & 0x0F) != (int)Opcode.Continuation;
        bool fin = (firstByte & HybiFraming.Fin) != 0;
        if (Deflater.Deflate(payload, first && fin, fin, out int length) is not { } rented)
        {
            return false;
        }

        Write(first ? (byte)(firstByte | HybiFraming.Compressed) : firstByte, rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        Telemetry.Deflated(payload.Length, length);
        return true;
    }

    /// <summary>Why a frame does not go at once: full means a slow peer; to wait for another's message is no fault of the peer.</summary>
    private enum Refusal
    {
        None,
        Closed,
        Full,
        Turn,
    }
}
