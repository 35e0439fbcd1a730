using System.Buffers.Binary;
using Sockeye.Protocol.Frames;

namespace Sockeye.Protocol.Framing;

/// <summary>Frames of RFC 6455 §5.2: reads and writes their heads.</summary>
internal static class HybiFraming
{
    /// <summary>
    /// Reads a head, all or nothing. A rule is checked as soon as the bytes that it needs are there,
    /// in the order of the bytes, so that any cut of the input finds the same violation; a length is judged when it is complete.
    /// </summary>
    /// <returns>Whether the head is all there; if not, more bytes are needed unless there is a violation.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, in FrameRules rules, out FrameHeader header, out Violation? violation)
    {
        header = default;
        violation = null;
        if (bytes.IsEmpty)
        {
            return false;
        }

        byte first = bytes[0];
        var opcode = (Opcode)(first & 0x0F);
        bool fin = (first & 0x80) != 0;
        byte reserved = (byte)(first & 0x70);
        if ((violation = rules.CheckFirst(opcode, fin, reserved)) is not null || bytes.Length < 2)
        {
            return false;
        }

        byte second = bytes[1];
        bool masked = (second & 0x80) != 0;
        int shortLength = second & 0x7F;
        if (masked != rules.FromClient)
        {
            violation = masked ? Violations.Masked : Violations.NotMasked;
            return false;
        }

        if (opcode >= Opcode.Close && shortLength > FrameHeader.MaxControlPayload)
        {
            violation = Violations.LongControl;
            return false;
        }

        if (opcode == Opcode.Close && shortLength == 1)
        {
            violation = Violations.ShortClose;
            return false;
        }

        if (!TryReadLength(bytes, shortLength, out long length, out int size, out violation))
        {
            return false;
        }

        if (opcode < Opcode.Close && (violation = rules.CheckLength(length, reserved)) is not null)
        {
            return false;
        }

        uint key = 0;
        if (masked)
        {
            if (bytes.Length < size + 4)
            {
                return false;
            }

            key = BinaryPrimitives.ReadUInt32LittleEndian(bytes[size..]);
            size += 4;
        }

        header = new FrameHeader(opcode, fin, reserved, length, key, size);
        return true;
    }

    /// <summary>Writes a head in its shortest form; the answer is its size (2 to 14).</summary>
    /// <param name="target">At least <see cref="FrameHeader.MaxSize"/> bytes.</param>
    /// <param name="firstByte">FIN, reserved bits and opcode.</param>
    /// <param name="length">Payload bytes.</param>
    /// <param name="maskKey">The key in little-endian order, or null from a server.</param>
    public static int WriteHeader(Span<byte> target, byte firstByte, long length, uint? maskKey)
    {
        byte maskBit = maskKey is null ? (byte)0 : (byte)0x80;
        int size;
        target[0] = firstByte;
        if (length < 126)
        {
            target[1] = (byte)(maskBit | (byte)length);
            size = 2;
        }
        else if (length <= ushort.MaxValue)
        {
            target[1] = (byte)(maskBit | 126);
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
            size = 4;
        }
        else
        {
            target[1] = (byte)(maskBit | 127);
            BinaryPrimitives.WriteInt64BigEndian(target[2..], length);
            size = 10;
        }

        if (maskKey is { } key)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target[size..], key);
            size += 4;
        }

        return size;
    }

    /// <summary>The size of a head without a mask.</summary>
    public static int HeaderSize(long length) => length < 126 ? 2 : length <= ushort.MaxValue ? 4 : 10;

    /// <summary>RSV1: of a message's first frame, that it is compressed (RFC 7692 §6).</summary>
    public const byte Compressed = 0x40;

    /// <summary>FIN: the message ends with the frame.</summary>
    public const byte Fin = 0x80;

    /// <summary>FIN and opcode as a head's first byte.</summary>
    public static byte FirstByte(Opcode opcode, bool fin) => (byte)((fin ? Fin : 0) | (int)opcode);

    private static bool TryReadLength(
        ReadOnlySpan<byte> bytes, int shortLength, out long length, out int size, out Violation? violation)
    {
        violation = null;
        length = shortLength;
        size = 2;
        if (shortLength < 126)
        {
            return true;
        }

        size = shortLength == 126 ? 4 : 10;
        if (bytes.Length < size)
        {
            // The top bit is known before the rest of the length.
            violation = shortLength == 127 && bytes.Length > 2 && bytes[2] >= 0x80 ? Violations.LengthTopBit : null;
            return false;
        }

        length = shortLength == 126 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) : BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        violation = length < 0 ? Violations.LengthTopBit
            : length < (shortLength == 126 ? 126 : 65536) ? Violations.NotMinimal
            : null;
        return violation is null;
    }
}
