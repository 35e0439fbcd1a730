using Sockeye.Protocol.Frames;

namespace Sockeye.Protocol.Framing;

/// <summary>
/// Frames of hixie-75 §4.2 and hixie-76 §4.2: 00, text, FF. Frames of the other types are dropped as the drafts say: those from 01 to 7F up to
/// their FF, those from 80 on by their length, both within the limit of a message. FF with length 0 is the closing frame of hixie-76;
/// hixie-75 has none and drops it.
/// </summary>
internal struct SentinelFraming(bool hasCloseFrame, long maxBytes)
{
    /// <summary>Bytes that a length may have; nine hold 63 bits, and more would only be zeros in front.</summary>
    private const int MaxLengthBytes = 9;

    private const byte End = 0xFF;

    private Place _place;
    private byte _type;
    private int _lengthBytes;
    private long _count;

    private enum Place : byte
    {
        Type,
        Text,
        Unknown,
        Length,
        Skip,
    }

    /// <summary>Whether the next byte begins a frame.</summary>
    public readonly bool IsBetweenFrames => _place == Place.Type;

    /// <summary>Writes what comes before a text; the answer is its size.</summary>
    public static int WriteHead(Span<byte> target)
    {
        target[0] = 0;
        return 1;
    }

    /// <summary>What comes behind a text.</summary>
    public static ReadOnlySpan<byte> Tail => [End];

    /// <summary>The closing frame of hixie-76.</summary>
    public static ReadOnlySpan<byte> Close => [End, 0];

    /// <summary>Reads on, up to the next piece. None means that the input is used up.</summary>
    public bool TryRead(scoped ref Span<byte> input, scoped ref FramePiece piece)
    {
        while (!input.IsEmpty)
        {
            bool found = _place switch
            {
                Place.Type => ReadType(ref input),
                Place.Text => ReadText(ref input, ref piece),
                Place.Unknown => DropToEnd(ref input, ref piece),
                Place.Length => ReadLength(ref input, ref piece),
                _ => Skip(ref input),
            };
            if (found)
            {
                return true;
            }
        }

        return false;
    }

    private bool ReadType(ref Span<byte> input)
    {
        (_type, _count, _lengthBytes) = (input[0], 0, 0);
        _place = _type == 0 ? Place.Text : _type < 0x80 ? Place.Unknown : Place.Length;
        input = input[1..];
        return false;
    }

    private bool ReadText(ref Span<byte> input, ref FramePiece piece)
    {
        long room = maxBytes - _count;
        var window = input[..(int)Math.Min(input.Length, room + 1)]; // the FF of a message of the full size included
        int end = window.IndexOf(End);
        if (end < 0 && room == 0)
        {
            piece.Violation = Violations.MessageTooBig;
            return true;
        }

        int length = end >= 0 ? end : (int)Math.Min(window.Length, room);
        piece.Text = input[..length];
        piece.EndOfMessage = end >= 0;
        _count += length;
        _place = end >= 0 ? Place.Type : Place.Text;
        input = input[(end >= 0 ? length + 1 : length)..];
        return true;
    }

    private bool DropToEnd(ref Span<byte> input, ref FramePiece piece)
    {
        int end = input.IndexOf(End);
        _count += end >= 0 ? end : input.Length;
        if (_count > maxBytes)
        {
            piece.Violation = Violations.MessageTooBig;
            return true;
        }

        _place = end >= 0 ? Place.Type : Place.Unknown;
        input = end >= 0 ? input[(end + 1)..] : default;
        return false;
    }

    private bool ReadLength(ref Span<byte> input, ref FramePiece piece)
    {
        byte b = input[0];
        input = input[1..];
        _count = (_count << 7) | (uint)(b & 0x7F);
        if (_count > maxBytes || ++_lengthBytes > MaxLengthBytes)
        {
            piece.Violation = _count > maxBytes ? Violations.MessageTooBig : Violations.EndlessLength;
            return true;
        }

        if ((b & 0x80) != 0)
        {
            return false;
        }

        _place = _count > 0 ? Place.Skip : Place.Type;
        piece.IsClose = _count == 0 && _type == End && hasCloseFrame;
        return piece.IsClose;
    }

    private bool Skip(ref Span<byte> input)
    {
        int length = (int)Math.Min(input.Length, _count);
        input = input[length..];
        _count -= length;
        _place = _count > 0 ? Place.Skip : Place.Type;
        return false;
    }
}
