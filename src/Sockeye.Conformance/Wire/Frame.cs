using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sockeye.Conformance.Wire;

/// <summary>A frame as it is to be put on the wire, right or wrong.</summary>
/// <param name="Opcode">0 to 15.</param>
/// <param name="Payload">What really follows the head, before it is masked.</param>
internal sealed record Frame(int Opcode, byte[] Payload)
{
    public bool Fin { get; init; } = true;

    /// <summary>The three reserved bits, RSV1 being worth 4.</summary>
    public int Rsv { get; init; }

    /// <summary>Null for what the sender's role asks for (RFC 6455 §5.1).</summary>
    public bool? Masked { get; init; }

    /// <summary>How many bytes the extended length takes: 0, 2 or 8; null for the shortest form.</summary>
    public int? LengthBytes { get; init; }

    /// <summary>The length that the head declares; null for the true one.</summary>
    public ulong? Declared { get; init; }

    /// <summary>The masking key; null for a random one.</summary>
    public uint? Key { get; init; }

    public static Frame Text(string text) => new(Opcodes.Text, System.Text.Encoding.UTF8.GetBytes(text));

    public static Frame Ping(string text) => new(Opcodes.Ping, System.Text.Encoding.UTF8.GetBytes(text));

    public static Frame Close(int code, string reason = "") => Close(code, System.Text.Encoding.UTF8.GetBytes(reason));

    public static Frame Close(int code, byte[] reason) => new(Opcodes.Close, [(byte)(code >> 8), (byte)code, .. reason]);

    /// <summary>Cuts a message into frames of a size.</summary>
    public static Frame[] Cut(int opcode, byte[] payload, int size, int rsv = 0)
    {
        var frames = new List<Frame>();
        int at = 0;
        do
        {
            int length = Math.Min(size, payload.Length - at);
            bool first = at == 0;
            byte[] part = length == payload.Length ? payload : payload[at..(at + length)];
            frames.Add(new Frame(first ? opcode : Opcodes.Continuation, part) { Fin = at + length == payload.Length, Rsv = first ? rsv : 0 });
            at += length;
        }
        while (at < payload.Length);
        return [.. frames];
    }

    /// <summary>The bytes of the frame.</summary>
    /// <param name="mask">Whether the sender's role masks.</param>
    /// <param name="headLength">How many of them come before the payload.</param>
    public byte[] ToBytes(bool mask, out int headLength)
    {
        bool masked = Masked ?? mask;
        ulong length = Declared ?? (ulong)Payload.Length;
        int extended = LengthBytes ?? (length < 126 ? 0 : length <= ushort.MaxValue ? 2 : 8);
        headLength = 2 + extended + (masked ? 4 : 0);
        byte[] bytes = new byte[headLength + Payload.Length];
        bytes[0] = (byte)((Fin ? 0x80 : 0) | (Rsv << 4) | Opcode);
        bytes[1] = (byte)((masked ? 0x80 : 0) | extended switch { 0 => (int)length, 2 => 126, _ => 127 });
        if (extended == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)length);
        }
        else if (extended == 8)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(2), length);
        }

        Payload.CopyTo(bytes, headLength);
        if (masked)
        {
            var key = bytes.AsSpan(headLength - 4, 4);
            BinaryPrimitives.WriteUInt32BigEndian(key, Key ?? (uint)RandomNumberGenerator.GetInt32(int.MaxValue));
            Masking.Apply(bytes.AsSpan(headLength), key);
        }

        return bytes;
    }
}
