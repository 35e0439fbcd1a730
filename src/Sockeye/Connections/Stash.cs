using System.Buffers;

namespace Sockeye.Connections;

/// <summary>What was read too much: made when that happens, since most connections never lag.</summary>
internal sealed class Stash
{
    private readonly byte[] _bytes;
    private readonly int _end;
    private int _start;

    public Stash(ReadOnlySpan<byte> bytes)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(bytes.Length);
        _end = bytes.Length;
        bytes.CopyTo(_bytes);
    }

    public Span<byte> Left => _bytes.AsSpan(_start.._end);

    /// <summary>So much of the end is left.</summary>
    public void Keep(int length) => _start = _end - length;

    public void Return() => ArrayPool<byte>.Shared.Return(_bytes);
}
