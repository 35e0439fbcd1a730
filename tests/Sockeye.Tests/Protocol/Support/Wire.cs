using System.Text;

namespace Sockeye.Tests.Protocol.Support;

/// <summary>
/// Builds frames straight from RFC 6455 §5.2, sharing nothing with the product's writer. Text is Latin-1: one character is one byte.
/// </summary>
/// <param name="masked">Whether the frames are a client's. The masks follow one another and are never zero.</param>
internal sealed class Wire(bool masked)
{
    private readonly List<byte> _bytes = [];
    private uint _key = 0xA1B2C3D4;

    public bool Masked { get; } = masked;

    public byte[] Bytes => [.. _bytes];

    public static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    public Wire Text(string payload, bool fin = true) => Frame(fin ? 0x81 : 0x01, Latin(payload));

    public Wire Binary(byte[] payload, bool fin = true) => Frame(fin ? 0x82 : 0x02, payload);

    public Wire More(string payload, bool fin = false) => Frame(fin ? 0x80 : 0x00, Latin(payload));

    public Wire Ping(string payload = "") => Frame(0x89, Latin(payload));

    public Wire Pong(string payload = "") => Frame(0x8A, Latin(payload));

    public Wire Close(int? code = null, string reason = "") =>
        Frame(0x88, code is { } number ? [(byte)(number >> 8), (byte)number, .. Latin(reason)] : []);

    public Wire Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A frame whose length is in its shortest form.</summary>
    public Wire Frame(int first, byte[] payload) =>
        Frame(first, payload, payload.Length < 126 ? 7 : payload.Length < 65536 ? 16 : 64, Masked);

    public Wire Frame(int first, byte[] payload, int form, bool mask)
    {
        byte[] key = NextKey();
        _bytes.AddRange(Head(first, (ulong)payload.Length, form, mask ? key : null));
        for (int i = 0; i < payload.Length; i++)
        {
            _bytes.Add(mask ? (byte)(payload[i] ^ key[i % 4]) : payload[i]);
        }

        return this;
    }

    /// <summary>A head alone, its length in the form of 7, 16 or 64 bits.</summary>
    public static byte[] Head(int first, ulong length, int form, byte[]? key)
    {
        List<byte> head = [(byte)first];
        int maskBit = key is null ? 0 : 128;
        head.Add((byte)(maskBit + (form == 7 ? (int)length : form == 16 ? 126 : 127)));
        for (int shift = form == 7 ? -8 : form - 8; shift >= 0; shift -= 8)
        {
            head.Add((byte)(length >> shift));
        }

        head.AddRange(key ?? []);
        return [.. head];
    }

    private byte[] NextKey()
    {
        _key = (_key * 1664525) + 1013904223;
        return [(byte)(_key >> 24), (byte)(_key >> 16), (byte)((_key >> 8) | 1), (byte)_key];
    }
}
