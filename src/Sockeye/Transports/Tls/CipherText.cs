using System.Buffers;

namespace Sockeye.Transports.Tls;

/// <summary>Encrypted bytes on their way out; no memory is held while there are none. Guarded by its user's lock.</summary>
internal sealed class CipherText
{
    private const int FirstBytes = 32 * 1024;

    private byte[]? _array;
    private int _start, _end;

    public bool IsEmpty => _start == _end;

    /// <summary>The bytes; valid until more are added or they are advanced over.</summary>
    public ReadOnlyMemory<byte> Bytes => _array.AsMemory(_start, _end - _start);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_array is null || _array.Length - _end < bytes.Length)
        {
            int had = _end - _start;
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, had + bytes.Length));
            Bytes.Span.CopyTo(larger);
            Return();
            (_array, _end) = (larger, had);
        }

        bytes.CopyTo(_array.AsSpan(_end));
        _end += bytes.Length;
    }

    public void Advance(int count)
    {
        _start += count;
        if (IsEmpty)
        {
            Return();
        }
    }

    /// <summary>Drops everything.</summary>
    public void Return()
    {
        if (_array is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        (_array, _start, _end) = (null, 0, 0);
    }
}
