using System.Runtime.InteropServices;

namespace Sockeye.Conformance.Wire;

/// <summary>The XOR of RFC 6455 §5.3.</summary>
internal static class Masking
{
    public static void Apply(Span<byte> payload, ReadOnlySpan<byte> key)
    {
        uint word = MemoryMarshal.Read<uint>(key);
        ulong twice = word | ((ulong)word << 32);
        var wide = MemoryMarshal.Cast<byte, ulong>(payload);
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] ^= twice;
        }

        for (int i = wide.Length * 8; i < payload.Length; i++)
        {
            payload[i] ^= key[i & 3];
        }
    }
}
