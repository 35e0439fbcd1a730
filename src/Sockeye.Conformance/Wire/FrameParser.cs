using System.Buffers.Binary;

namespace Sockeye.Conformance.Wire;

/// <summary>Takes frames off a stream.</summary>
internal sealed class FrameParser(Stream stream)
{
    // Past any answer that a case can ask for.
    private const ulong MaxPayload = 256UL << 20;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start, _end;

    /// <summary>The raw head of the last frame.</summary>
    public byte[] Head { get; private set; } = [];

    /// <summary>Puts back what was read behind a handshake.</summary>
    public void Unread(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer);
        (_start, _end) = (0, bytes.Length);
    }

    /// <summary>The next frame, unmasked; null at an end between two frames.</summary>
    /// <exception cref="EndOfStreamException">The stream ended inside a frame.</exception>
    /// <exception cref="InvalidDataException">A frame that nobody could mean.</exception>
    public async Task<Frame?> NextAsync(CancellationToken stop)
    {
        byte[] head = new byte[14];
        if (!await FillAsync(head.AsMemory(0, 2), mayEnd: true, stop))
        {
            return null;
        }

        int extended = (head[1] & 0x7f) switch { 126 => 2, 127 => 8, _ => 0 };
        bool masked = (head[1] & 0x80) != 0;
        int headLength = 2 + extended + (masked ? 4 : 0);
        await FillAsync(head.AsMemory(2, headLength - 2), mayEnd: false, stop);
        ulong length = extended switch
        {
            0 => (ulong)(head[1] & 0x7f),
            2 => BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)),
            _ => BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(2)),
        };
        if (length > MaxPayload)
        {
            throw new InvalidDataException($"a frame of {length} bytes");
        }

        byte[] payload = new byte[length];
        await FillAsync(payload, mayEnd: false, stop);
        Head = head[..headLength];
        if (masked)
        {
            Masking.Apply(payload, head.AsSpan(headLength - 4, 4));
        }

        return new Frame(head[0] & 0x0f, payload)
        {
            Fin = (head[0] & 0x80) != 0,
            Rsv = (head[0] >> 4) & 7,
            Masked = masked,
            LengthBytes = extended,
        };
    }

    private async ValueTask<bool> FillAsync(Memory<byte> target, bool mayEnd, CancellationToken stop)
    {
        int wanted = target.Length;
        while (target.Length > 0)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await stream.ReadAsync(_buffer, stop));
                if (_end == 0)
                {
                    return mayEnd && target.Length == wanted ? false : throw new EndOfStreamException("the connection ended inside a frame");
                }
            }

            int count = Math.Min(target.Length, _end - _start);
            _buffer.AsMemory(_start, count).CopyTo(target);
            _start += count;
            target = target[count..];
        }

        return true;
    }
}
