using System.IO.Compression;

namespace Sockeye.Conformance.Wire;

/// <summary>Decompresses messages (RFC 7692 §7.2.2).</summary>
internal sealed class Inflater(bool freshEachTime) : IDisposable
{
    private MemoryStream _in = new();
    private DeflateStream? _stream;

    /// <exception cref="InvalidDataException">The bytes are not a compressed message.</exception>
    public byte[] Inflate(byte[] message)
    {
        if (_stream is null || freshEachTime)
        {
            Dispose();
            _in = new MemoryStream();
            _stream = new DeflateStream(_in, CompressionMode.Decompress);
        }

        _in.SetLength(0);
        _in.Write(message);
        _in.Write([0, 0, 0xff, 0xff]);
        _in.Position = 0;
        var plain = new MemoryStream();
        _stream.CopyTo(plain, 64 * 1024);
        return plain.ToArray();
    }

    public void Dispose() => _stream?.Dispose();
}
