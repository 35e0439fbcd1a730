using System.Buffers;
using Sockeye.Protocol.Frames;

namespace Sockeye.Connections;

/// <summary>A run of bytes on their way out: a pooled copy, or a payload borrowed from a sender who waits for it.</summary>
internal sealed class Segment
{
    private const int MaskedPieceBytes = 64 * 1024;

    /// <summary>What a segment can hold in memory of its own.</summary>
    public const int SmallBytes = 1024;

    private const int PooledByThread = 1024;

    // Nearly all are filled and written on the same thread; idle connections keep none. A broadcast that is gathered for many connections
    // needs as many at once, which the shared pool of arrays is not made for.
    [ThreadStatic]
    private static Segment? t_spare;

    [ThreadStatic]
    private static int t_spares;

    private byte[]? _small;
    private byte[]? _array;
    private ReadOnlyMemory<byte> _borrowed;
    private MessageBuffer? _lender;
    private uint _maskKey;
    private int _maskPhase;
    private int _start;
    private int _end;

    public Segment? Next { get; set; }

    /// <summary>Who waits until the bytes are written, if anybody does.</summary>
    public SendWaiter? Waiter { get; private init; }

    /// <summary>Bytes that are still to be written.</summary>
    public long Length => _end - _start + _borrowed.Length;

    /// <summary>An empty segment for copies.</summary>
    public static Segment Copy(int capacity)
    {
        if (t_spare is { } segment)
        {
            t_spare = segment.Next;
            t_spares--;
        }
        else
        {
            segment = new Segment();
        }

        segment._array = capacity <= SmallBytes ? segment._small ??= new byte[SmallBytes] : ArrayPool<byte>.Shared.Rent(capacity);
        (segment._start, segment._end, segment.Next) = (0, 0, null);
        return segment;
    }

    /// <summary>Borrowed bytes, masked as they are written if there is a key (0 masks nothing).</summary>
    public static Segment Borrow(ReadOnlyMemory<byte> payload, uint maskKey, SendWaiter waiter) =>
        new() { _borrowed = payload, _maskKey = maskKey, Waiter = waiter };

    /// <summary>Bytes of a received message, which stays alive until they are written.</summary>
    public static Segment Borrow(ReadOnlyMemory<byte> payload, MessageBuffer lender)
    {
        lender.Retain();
        return new() { _borrowed = payload, _lender = lender };
    }

    /// <summary>Room for so many more bytes, or an empty span if there is not enough of it.</summary>
    public Span<byte> TryReserve(int count) =>
        _array is not null && Waiter is null && _lender is null && _array.Length - _end >= count ? _array.AsSpan(_end, count) : default;

    /// <summary>So many reserved bytes are filled.</summary>
    public void Commit(int count) => _end += count;

    /// <summary>The next bytes to write, never none.</summary>
    public ReadOnlyMemory<byte> Peek()
    {
        if (_start == _end && _maskKey != 0)
        {
            // A borrowed payload is the sender's and may not be masked in place: it passes through a pooled piece.
            _array ??= ArrayPool<byte>.Shared.Rent(Math.Min(MaskedPieceBytes, _borrowed.Length));
            int count = Math.Min(_array.Length, _borrowed.Length);
            Mask.Copy(_borrowed.Span[..count], _array, _maskKey, _maskPhase);
            _maskPhase = (_maskPhase + count) & 3;
            (_start, _end) = (0, count);
            _borrowed = _borrowed[count..];
        }

        return _start < _end ? _array.AsMemory(_start, _end - _start) : _borrowed;
    }

    /// <summary>So many of the bytes last seen are written.</summary>
    public void Advance(int count)
    {
        if (_start < _end)
        {
            _start += count;
        }
        else
        {
            _borrowed = _borrowed[count..];
        }
    }

    /// <summary>All of it is written, or dropped: gives the memory back. A segment of copies may become another one.</summary>
    public void Return()
    {
        _lender?.Release();
        if (_array is { } array)
        {
            _array = null;
            if (array != _small)
            {
                ArrayPool<byte>.Shared.Return(array);
            }
        }

        if (Waiter is null && _lender is null && t_spares < PooledByThread)
        {
            (Next, t_spare) = (t_spare, this);
            t_spares++;
        }
    }
}
