using System.IO.Compression;

namespace Sockeye.Conformance.Wire;

/// <summary>Decompresses messages (RFC 7692 §7.2.2).</summary>
/// <param name="freshEachTime">Each message begins with an empty window.</param>
/// <param name="windowBits">How far back the peer may refer: 2 to this power. Kept to in the first <see cref="StrictBytes"/> of a connection.</param>
internal sealed class Inflater(bool freshEachTime, int windowBits = 15) : IDisposable
{
    /// <summary>Where the strict decoder would take minutes: what a peer does right for so long it does right.</summary>
    public const int StrictBytes = 4 << 20;

    private readonly StrictInflater _strict = new(1 << windowBits);
    private long _checked;
    private MemoryStream _in = new();
    private DeflateStream? _stream;

    /// <exception cref="InvalidDataException">The bytes are not a compressed message, or refer farther back than agreed.</exception>
    public byte[] Inflate(byte[] message)
    {
        if (_stream is null || freshEachTime)
        {
            Dispose();
            _in = new MemoryStream();
            _stream = new DeflateStream(_in, CompressionMode.Decompress);
            _strict.Forget();
        }

        byte[] whole = [.. message, 0, 0, 0xff, 0xff];
        if (windowBits < 15 && _checked < StrictBytes)
        {
            _checked += _strict.Inflate(whole).Length;
        }

        _in.SetLength(0);
        _in.Write(whole);
        _in.Position = 0;
        var plain = new MemoryStream();
        _stream.CopyTo(plain, 64 * 1024);
        return plain.ToArray();
    }

    public void Dispose() => _stream?.Dispose();
}
