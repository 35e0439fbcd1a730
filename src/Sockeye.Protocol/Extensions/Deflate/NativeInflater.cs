namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>A decompressor of the runtime's own library.</summary>
internal sealed unsafe class NativeInflater : NativeStream, IInflater
{
    /// <summary>
    /// Always the largest window. Of a smaller one the library takes no less memory, and finds references that leave it
    /// only if they also leave what it was given room for at once: what is corrupt would depend on how the bytes are cut.
    /// </summary>
    private const int WindowBits = 15;

    public NativeInflater() => Open();

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

    public void Reset() => Run(&NativeZlib.InflateReset, -WindowBits);

    protected override int Init(NativeZlib.ZStream* stream) => NativeZlib.InflateInit(stream, -WindowBits);

    protected override int End(NativeZlib.ZStream* stream) => NativeZlib.InflateEnd(stream);
}
