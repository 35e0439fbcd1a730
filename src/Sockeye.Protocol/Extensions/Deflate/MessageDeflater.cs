using System.Buffers;
using System.Buffers.Binary;

namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>
/// Compresses what this end sends, message after message (RFC 7692 §7.2.1). Where messages may refer to earlier ones it owns
/// a compressor from the first on; else it holds nothing. Guarded by the connection's door, since the order of compressing is that of sending.
/// </summary>
/// <param name="settings">How to compress.</param>
/// <param name="keepsContext">Whether messages may refer to earlier ones.</param>
/// <param name="threshold">Smaller messages are not worth it, in bytes.</param>
internal sealed class MessageDeflater(DeflaterSettings settings, bool keepsContext, int threshold = 0) : IDisposable
{
    private const int LeastRoom = 256;
    private const int MostStored = ushort.MaxValue;

    private IDeflater? _own;
    private bool _forget;

    // Taken from the end of each message (RFC 7692 §7.2.1).
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    public DeflaterSettings Settings => settings;

    public int Threshold => threshold;

    /// <summary>Compresses one fragment of a message, or a whole one.</summary>
    /// <param name="payload">The fragment.</param>
    /// <param name="whole">Whether it is the whole message: it then may be better off as it is.</param>
    /// <param name="fin">Whether the message ends with it.</param>
    /// <param name="length">The length of what came of it.</param>
    /// <returns>A rented array, to be returned; null if the message is to be sent as it is.</returns>
    public byte[]? Deflate(ReadOnlySpan<byte> payload, bool whole, bool fin, out int length)
    {
        length = 0;
        try
        {
            if (keepsContext)
            {
                return Deflate(Own(), payload, fin, forget: false, out length);
            }

            var pool = DeflaterPool.For(settings);
            var deflater = pool.Rent();
            byte[] target = Deflate(deflater, payload, fin, forget: true, out length);
            pool.Return(deflater);
            if (!whole || length < payload.Length)
            {
                return target;
            }

            ArrayPool<byte>.Shared.Return(target);
            return null;
        }
        catch (InsufficientMemoryException)
        {
            return whole ? null : Store(payload, fin, out length); // a message that has begun as a compressed one goes on as one
        }
    }

    /// <summary>A whole message compressed so that it refers to nothing before it, for any connection with such a window; null if it is better off as it is.</summary>
    public static byte[]? Prepare(ReadOnlySpan<byte> payload, DeflaterSettings settings)
    {
        using var alone = new MessageDeflater(settings, keepsContext: false);
        if (alone.Deflate(payload, whole: true, fin: true, out int length) is not { } rented)
        {
            return null;
        }

        byte[] prepared = rented.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(rented);
        return prepared;
    }

    /// <summary>The peer got a message that did not pass through here: nothing may refer to what was before it.</summary>
    public void Skipped() => _forget = _own is not null;

    public void Dispose()
    {
        _own?.Dispose();
        _own = null;
    }

    private IDeflater Own()
    {
        _own ??= DeflateEngine.CreateDeflater(settings);
        if (_forget)
        {
            Span<byte> dropped = stackalloc byte[64];
            ReadOnlySpan<byte> nothing = default;
            while (_own.Deflate(ref nothing, dropped, forget: true) == dropped.Length)
            {
            }

            _forget = false;
        }

        return _own;
    }

    private static byte[] Deflate(IDeflater deflater, ReadOnlySpan<byte> payload, bool fin, bool forget, out int length)
    {
        // More than what can come of so few bytes; what comes of many is mostly less.
        byte[] target = Rent(payload.Length + (payload.Length >> 3) + (long)LeastRoom);
        length = 0;
        while (true)
        {
            length += deflater.Deflate(ref payload, target.AsSpan(length), forget);
            if (length < target.Length)
            {
                break;
            }

            byte[] larger = Rent(2L * target.Length);
            target.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(target);
            target = larger;
        }

        if (!fin)
        {
            return target;
        }

        if (length == 0)
        {
            // With nothing to compress the library writes nothing: this is the header of the empty block (RFC 7692 §7.2.3.6).
            target[length++] = 0;
            return target;
        }

        length -= Tail.Length;
        return target.AsSpan(length).StartsWith(Tail)
            ? target
            : throw new InvalidOperationException("The compression library did not end a message with an empty block.");
    }

    /// <summary>Stored blocks (RFC 1951 §3.2.4), for which no compressor is needed.</summary>
    private static byte[] Store(ReadOnlySpan<byte> payload, bool fin, out int length)
    {
        const int Header = 5;
        byte[] target = Rent(payload.Length + (long)(Header * (payload.Length / MostStored + 2)));
        length = 0;
        while (!payload.IsEmpty)
        {
            int count = Math.Min(payload.Length, MostStored);
            var block = target.AsSpan(length);
            block[0] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(block[1..], (ushort)count);
            BinaryPrimitives.WriteUInt16LittleEndian(block[3..], (ushort)~count);
            payload[..count].CopyTo(block[Header..]);
            payload = payload[count..];
            length += Header + count;
        }

        if (fin)
        {
            target[length++] = 0; // the header of the empty block whose rest the receiver adds
        }

        return target;
    }

    private static byte[] Rent(long size) => ArrayPool<byte>.Shared.Rent((int)Math.Min(size, Array.MaxLength));
}
