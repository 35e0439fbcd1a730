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

    public bool TryEndMessage()
    {
        // Told to stop at the next border of blocks, the library takes no byte behind it.
        ReadOnlySpan<byte> tail = [0x00, 0x00, 0xFF, 0xFF, 0x00];
        Span<byte> room = stackalloc byte[1];
        int code = Run(&NativeZlib.Inflate, NativeZlib.Block, ref tail, room, out int written);
        return code == NativeZlib.Ok && tail.Length == 1 && written == 0;
    }

    public void Reset() => Run(&NativeZlib.InflateReset, -_windowBits);

    protected override int Init(NativeZlib.ZStream* stream) => NativeZlib.InflateInit(stream, -_windowBits);

    protected override int End(NativeZlib.ZStream* stream) => NativeZlib.InflateEnd(stream);
}
