namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>Makes compressors and decompressors, where there is a library for them: looked for once in a process.</summary>
internal static class DeflateEngine
{
    private static readonly Exception? s_missing = Probe();

    /// <summary>Why there is none here; null if there is one.</summary>
    public static Exception? Missing => s_missing;

    public static IDeflater CreateDeflater(DeflaterSettings settings) => new NativeDeflater(settings);

    public static IInflater CreateInflater() => new NativeInflater();

    /// <summary>The library is no contract: it must be there, and do what it is used for.</summary>
    private static Exception? Probe()
    {
        try
        {
            using var deflater = CreateDeflater(new DeflaterSettings(Level: 1, DeflateParameters.LeastWindowBits, MemoryLevel: 8));
            using var inflater = CreateInflater();
            Span<byte> there = stackalloc byte[128];
            Span<byte> back = stackalloc byte[64];
            for (int i = 0; i < 2; i++)
            {
                var input = "permessage-deflate, permessage-deflate"u8;
                ReadOnlySpan<byte> deflated = there[..deflater.Deflate(ref input, there, forget: true)];
                bool ends = input.IsEmpty && deflated.EndsWith((ReadOnlySpan<byte>)[0, 0, 0xFF, 0xFF]);
                deflated = ends ? deflated[..^4] : default;
                var status = inflater.Inflate(ref deflated, back, out int written);
                if (!ends || status != InflateStatus.GoesOn || !deflated.IsEmpty || !inflater.TryEndMessage()
                    || !back[..written].SequenceEqual("permessage-deflate, permessage-deflate"u8))
                {
                    return new NotSupportedException("The compression library does not do what is expected of it.");
                }

                inflater.Reset();
            }

            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or InvalidOperationException or InsufficientMemoryException)
        {
            return e;
        }
    }
}
