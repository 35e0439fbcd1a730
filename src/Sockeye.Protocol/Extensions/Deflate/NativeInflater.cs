namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>A decompressor of the runtime's own library.</summary>
internal sealed unsafe class NativeInflater : NativeStream, IInflater
{
    private readonly int _windowBits;

    public NativeInflater(int windowBits)
    {
        _windowBits = windowBits;
        Open();
    }

    public InflateStatus Inflate(ref ReadOnlySpan<byte> input, scoped Span<byte> output, out int written) =>
        Run(&NativeZlib.Inflate, NativeZlib.SyncFlush, ref input, output, out written) switch
        {
            NativeZlib.Ok or NativeZlib.NoProgress => InflateStatus.GoesOn,
            NativeZlib.StreamEnd => InflateStatus.Ended,
            _ => InflateStatus.Corrupt,
        };

    public bool IsBetweenBlocks()
    {
        // Told to stop at the next border of blocks, the library takes nothing if it stands on one.
        ReadOnlySpan<byte> probe = [0];
        Span<byte> room = stackalloc byte[1];
        Run(&NativeZlib.Inflate, NativeZlib.Block, ref probe, room, out int written);
        return probe.Length == 1 && written == 0;
    }

    public void Reset() => Run(&NativeZlib.InflateReset, -_windowBits);

    protected override int Init(NativeZlib.ZStream* stream) => NativeZlib.InflateInit(stream, -_windowBits);

    protected override int End(NativeZlib.ZStream* stream) => NativeZlib.InflateEnd(stream);
}
