namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>A compressor of the runtime's own library.</summary>
internal sealed unsafe class NativeDeflater : NativeStream, IDeflater
{
    private const int Method = 8;

    /// <summary>
    /// The library refuses windows of 8 bits. With 9 it refers back 250 bytes at most (it keeps 262 of the 512 as look-ahead),
    /// so that its output fits a window of 8 too.
    /// </summary>
    private const int LeastWindowBits = 9;

    private readonly DeflaterSettings _settings;

    public NativeDeflater(DeflaterSettings settings)
    {
        _settings = settings;
        Open();
    }

    public int Deflate(ref ReadOnlySpan<byte> input, scoped Span<byte> output, bool forget)
    {
        int code = Run(&NativeZlib.Deflate, forget ? NativeZlib.FullFlush : NativeZlib.SyncFlush, ref input, output, out int written);
        return code is NativeZlib.Ok or NativeZlib.NoProgress
            ? written
            : throw new InvalidOperationException($"The compression library failed with code {code}.");
    }

    protected override int Init(NativeZlib.ZStream* stream) => NativeZlib.DeflateInit(
        stream, _settings.Level, Method, -Math.Max(LeastWindowBits, _settings.WindowBits), _settings.MemoryLevel, strategy: 0);

    protected override int End(NativeZlib.ZStream* stream) => NativeZlib.DeflateEnd(stream);
}
