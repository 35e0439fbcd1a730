using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;

namespace Sockeye.Connections;

/// <summary>The bytes that wait to be written, in order. Guarded by the door of its outbox, whose field it is: a connection has one object less.</summary>
internal struct SegmentQueue(bool masks)
{
    /// <summary>What does not fit the first segment goes on in segments of this size at the least, and of the next one at the most if no frame is larger.</summary>
    private const int LargerSegment = 4096;

    private const int LargestSegment = 64 * 1024;

    private Segment? _head;
    private Segment? _tail;

    private long _length;

    /// <summary>Whether frames are masked, as a client's are.</summary>
    public readonly bool Masks => masks;

    public readonly bool IsEmpty => _head is null;

    /// <summary>Bytes in the queue; read by anybody at any time.</summary>
    public readonly long Length => Volatile.Read(in _length);

    /// <summary>Appends a whole frame, payload copied (and masked, from a client).</summary>
    public void AppendFrame(byte firstByte, ReadOnlySpan<byte> payload)
    {
        uint? key = masks ? MaskKeys.Next() : null;
        var target = Reserve(FrameHeader.MaxSize + payload.Length);
        int size = HybiFraming.WriteHeader(target, firstByte, payload.Length, key);
        if (key is { } mask)
        {
            Mask.Copy(payload, target[size..], mask);
        }
        else
        {
            payload.CopyTo(target[size..]);
        }

        Commit(size + payload.Length);
    }

    /// <summary>Appends a frame whose payload stays with the sender until it is written.</summary>
    public void AppendBorrowed(byte firstByte, ReadOnlyMemory<byte> payload, SendWaiter waiter)
    {
        uint? key = masks ? MaskKeys.Next() : null;
        Commit(HybiFraming.WriteHeader(Reserve(FrameHeader.MaxSize), firstByte, payload.Length, key));
        AppendBorrowed(payload, key ?? 0, waiter);
    }

    /// <summary>Appends borrowed bytes as they are.</summary>
    public void AppendBorrowed(ReadOnlyMemory<byte> payload, uint maskKey, SendWaiter waiter)
    {
        Append(Segment.Borrow(payload, maskKey, waiter));
        _length += payload.Length;
    }

    /// <summary>Appends bytes as they are: copied, unless they are a received message's that a handler is looking at.</summary>
    public void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LargerSegment && Handed.TryFindBuffer(bytes, out var memory) is { } buffer)
        {
            Append(Segment.Borrow(memory, buffer));
            _length += bytes.Length;
        }
        else if (!bytes.IsEmpty)
        {
            bytes.CopyTo(Reserve(bytes.Length));
            Commit(bytes.Length);
        }
    }

    /// <summary>The next bytes and, if they are few, those behind them; the queue is not empty.</summary>
    public readonly (ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second) Peek()
    {
        var first = _head!.Peek();
        bool more = first.Length == _head.Length && _head.Next is not null;
        return (first, more ? _head.Next!.Peek() : default);
    }

    /// <summary>So many bytes are written: their memory is free, and whoever waited for them goes on.</summary>
    public void Advance(int count)
    {
        _length -= count;
        while (_head is { } segment && (count > 0 || segment.Length == 0))
        {
            int taken = Math.Min(count, segment.Peek().Length);
            segment.Advance(taken);
            count -= taken;
            if (segment.Length > 0)
            {
                continue;
            }

            RemoveHead();
            segment.Waiter?.TrySetResult();
        }
    }

    /// <summary>Drops everything: whoever waits is told.</summary>
    public void Clear(Func<Exception> error)
    {
        while (_head is { } segment)
        {
            RemoveHead();
            segment.Waiter?.TrySetException(error());
        }

        _length = 0;
    }

    private void RemoveHead()
    {
        var done = _head!;
        _head = done.Next;
        _tail = _head is null ? null : _tail;
        done.Return();
    }

    private Span<byte> Reserve(int count)
    {
        var room = _tail is null ? default : _tail.TryReserve(count);
        if (room.IsEmpty)
        {
            Append(Segment.Copy(Math.Max(_tail is null ? Segment.SmallBytes : SizeBehind(_length), count)));
            room = _tail!.TryReserve(count);
        }

        return room;
    }

    // The longer the queue, the larger its next piece: a burst then leaves in a call or two, and a small backlog holds little.
    private static int SizeBehind(long length) => (int)Math.Clamp(4 * length, LargerSegment, LargestSegment);

    private void Commit(int count)
    {
        _tail!.Commit(count);
        _length += count;
    }

    private void Append(Segment segment)
    {
        if (_tail is null)
        {
            _head = segment;
        }
        else
        {
            _tail.Next = segment;
        }

        _tail = segment;
    }
}
