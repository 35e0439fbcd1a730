using System.Text.Unicode;

namespace Sockeye.Protocol.Text;

/// <summary>
/// Checks UTF-8 as it arrives, in pieces cut anywhere, and finds the first byte that can no longer be part of valid text
/// (RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF).
/// </summary>
internal struct Utf8Validator
{
    // The bounds of the next byte of a sequence in progress: only its second byte has bounds other than 80..BF.
    private byte _needed;
    private byte _low;
    private byte _high;

    /// <summary>Whether the text so far ends between two characters.</summary>
    public readonly bool IsComplete => _needed == 0;

    /// <summary>Takes the next bytes; answers the index of the first impossible one, or -1.</summary>
    public int Validate(ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        while (_needed > 0 && done < bytes.Length)
        {
            if (!Step(bytes[done]))
            {
                return done;
            }

            done++;
        }

        var rest = bytes[done..];
        int whole = rest.Length - UnfinishedTail(rest);
        if (!Utf8.IsValid(rest[..whole]))
        {
            whole = 0; // look for the place byte by byte: it happens once in a connection's life
        }

        for (int i = whole; i < rest.Length; i++)
        {
            if (!Step(rest[i]))
            {
                return done + i;
            }
        }

        return -1;
    }

    /// <summary>How many bytes at the end may begin a character that is not all there (0 to 3).</summary>
    private static int UnfinishedTail(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            byte b = bytes[^back];
            if (b < 0x80)
            {
                return 0;
            }

            if (b >= 0xC0)
            {
                int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return length > back ? back : 0;
            }
        }

        return 0;
    }

    private bool Step(byte b)
    {
        if (_needed > 0)
        {
            bool fits = b >= _low && b <= _high;
            (_needed, _low, _high) = ((byte)(_needed - 1), 0x80, 0xBF);
            return fits;
        }

        if (b < 0x80)
        {
            return true;
        }

        (_needed, _low, _high) = b switch
        {
            >= 0xC2 and <= 0xDF => ((byte)1, (byte)0x80, (byte)0xBF),
            0xE0 => ((byte)2, (byte)0xA0, (byte)0xBF),
            0xED => ((byte)2, (byte)0x80, (byte)0x9F),
            >= 0xE1 and <= 0xEF => ((byte)2, (byte)0x80, (byte)0xBF),
            0xF0 => ((byte)3, (byte)0x90, (byte)0xBF),
            0xF4 => ((byte)3, (byte)0x80, (byte)0x8F),
            >= 0xF1 and <= 0xF3 => ((byte)3, (byte)0x80, (byte)0xBF),
            _ => default,
        };
        return _needed > 0;
    }
}
