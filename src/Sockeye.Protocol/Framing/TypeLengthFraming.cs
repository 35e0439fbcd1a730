using System.Buffers.Binary;
using Sockeye.Protocol.Frames;

namespace Sockeye.Protocol.Framing;

/// <summary>
/// Frames of August 2010: FF and the length of the text as 64 bits, then the text. Type 00 closes, whatever its length;
/// no other type was ever given a meaning.
/// </summary>
internal struct TypeLengthFraming(long maxBytes)
{
    private const byte Text = 0xFF;
    private const byte Closing = 0;
    private const int HeadBytes = 1 + sizeof(ulong);

    private int _headRead;
    private byte _type;
    private ulong _left;

    /// <summary>Whether the next byte begins a frame.</summary>
    public readonly bool IsBetweenFrames => _headRead == 0;

    /// <summary>The closing frame.</summary>
    public static ReadOnlySpan<byte> Close => [Closing, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Writes what comes before a text; the answer is its size.</summary>
    public static int WriteHead(Span<byte> target, long length)
    {
        target[0] = Text;
        BinaryPrimitives.WriteInt64BigEndian(target[1..], length);
        return HeadBytes;
    }

    /// <summary>Reads on, up to the next piece. None means that the input is used up.</summary>
    public bool TryRead(scoped ref Span<byte> input, scoped ref FramePiece piece)
    {
        while (!input.IsEmpty)
        {
            if (_headRead == HeadBytes)
            {
                TakeText(ref input, ref piece);
                return true;
            }

            byte b = input[0];
            input = input[1..];
            if (_headRead++ == 0)
            {
                (_type, _left) = (b, 0);
                if (b is not (Text or Closing))
                {
                    piece.Violation = Violations.UnknownType;
                    return true;
                }
            }
            else
            {
                _left = (_left << 8) | b;
            }

            if (_headRead == HeadBytes && EndHead(ref piece))
            {
                return true;
            }
        }

        return false;
    }

    private bool EndHead(ref FramePiece piece)
    {
        if (_type == Closing)
        {
            piece.IsClose = true; // nothing behind it is read, its own payload neither
        }
        else if (_left > (ulong)maxBytes)
        {
            piece.Violation = Violations.MessageTooBig;
        }
        else if (_left > 0)
        {
            return false;
        }
        else
        {
            _headRead = 0;
            piece.EndOfMessage = true;
        }

        return true;
    }

    private void TakeText(ref Span<byte> input, ref FramePiece piece)
    {
        int length = (int)Math.Min((ulong)input.Length, _left);
        piece.Text = input[..length];
        input = input[length..];
        _left -= (ulong)length;
        piece.BytesLeft = (long)_left;
        piece.EndOfMessage = _left == 0;
        _headRead = _left == 0 ? 0 : HeadBytes;
    }
}
