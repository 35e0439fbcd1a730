using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sockeye.Protocol.Frames;

/// <summary>Masking (RFC 6455 §5.3): an exclusive or with four bytes, over and over; the same to mask and to unmask.</summary>
internal static class Mask
{
    /// <summary>Masks in place. The key's bytes are in little-endian order; <paramref name="phase"/> says which of them comes first.</summary>
    public static void Apply(Span<byte> data, uint key, int phase = 0) => Copy(data, data, key, phase);

    /// <summary>Masks from one place to another (or the same); the target is at least as long as the source.</summary>
    public static void Copy(ReadOnlySpan<byte> source, Span<byte> target, uint key, int phase = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, source.Length);
        uint turned = BitOperations.RotateRight(key, (phase & 3) * 8);
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(target);
        nuint length = (nuint)source.Length;
        nuint at = 0;

        if (length >= (nuint)Vector<byte>.Count)
        {
            var wide = Vector.AsVectorByte(new Vector<uint>(BitConverter.IsLittleEndian ? turned : Swap(turned)));
            nuint last = length - (nuint)Vector<byte>.Count;
            do
            {
                (Vector.LoadUnsafe(ref from, at) ^ wide).StoreUnsafe(ref to, at);
                at += (nuint)Vector<byte>.Count;
            }
            while (at <= last);
        }

        for (; at + 4 <= length; at += 4)
        {
            uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, at));
            word ^= BitConverter.IsLittleEndian ? turned : Swap(turned);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), word);
        }

        for (; at < length; at++)
        {
            Unsafe.Add(ref to, at) = (byte)(Unsafe.Add(ref from, at) ^ (byte)(turned >> (int)((at & 3) * 8)));
        }
    }

    private static uint Swap(uint value) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value);
}
