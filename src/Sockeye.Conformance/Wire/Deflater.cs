using System.IO.Compression;

namespace Sockeye.Conformance.Wire;

/// <summary>Compresses messages (RFC 7692 §7.2.1).</summary>
internal sealed class Deflater(Negotiated agreed) : IDisposable
{
    private readonly MemoryStream _out = new();
    private DeflateStream? _stream;

    public byte[] Deflate(ReadOnlySpan<byte> message)
    {
        if (message.Length == 0)
        {
            return [0];
        }

        _stream ??= Create();
        _out.SetLength(0);
        _stream.Write(message);
        _stream.Flush();
        byte[] block = _out.ToArray();
        if (agreed.JudgeKeepsNoContext)
        {
            _stream.Dispose();
            _stream = null;
        }

        return block.AsSpan().EndsWith((ReadOnlySpan<byte>)[0, 0, 0xff, 0xff]) ? block[..^4] : block;
    }

    public void Dispose() => _stream?.Dispose();

    // The platform's compressor knows one size of window; without references to it, any is kept to.
    private DeflateStream Create() => new(
        _out,
        new ZLibCompressionOptions
        {
            CompressionLevel = 1,
            CompressionStrategy = agreed.JudgeWindowBits < 15 ? ZLibCompressionStrategy.HuffmanOnly : ZLibCompressionStrategy.Default,
        },
        leaveOpen: true);
}
