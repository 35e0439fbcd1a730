namespace Sockeye.Cli.Benching;

/// <summary>
/// The messages of a run: number of the message, number of the connection, then a pattern that starts elsewhere each time. A size
/// that is too small for all that has the first bytes of it.
/// </summary>
internal sealed class Payloads
{
    private const int Starts = 4096;
    private const int BinaryHead = 12;
    private const int TextHead = 2 * BinaryHead;

    private readonly bool _text;
    private readonly byte[] _pattern;

    public Payloads(int size, bool text)
    {
        (Size, _text) = (size, text);
        _pattern = new byte[size + Starts];
#pragma warning disable CA5394 // the same pattern each time
        var random = new Random(6455);
        random.NextBytes(_pattern);
#pragma warning restore CA5394
        for (int i = 0; text && i < _pattern.Length; i++)
        {
            _pattern[i] = (byte)('a' + (_pattern[i] % 26));
        }
    }

    public int Size { get; }

    public MessageType Type => _text ? MessageType.Text : MessageType.Binary;

    /// <summary>Writes a message into a buffer of just its size.</summary>
    public void Write(Span<byte> to, int connection, long number)
    {
        Span<byte> head = stackalloc byte[TextHead];
        int length = WriteHead(head, connection, number);
        head[..length].CopyTo(to);
        Rest(connection, number, length).CopyTo(to[length..]);
    }

    public bool Matches(WebSocketMessage message, int connection, long number)
    {
        if (message.Type != Type || message.Length != Size)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[TextHead];
        int length = WriteHead(head, connection, number);
        var span = message.Span;
        return span[..length].SequenceEqual(head[..length]) && span[length..].SequenceEqual(Rest(connection, number, length));
    }

    /// <summary>Says how a message differs from the one that was meant to come.</summary>
    public string Difference(WebSocketMessage message, int connection, long number)
    {
        string which = $"message {number} of connection {connection} came back wrong:";
        if (message.Type != Type)
        {
            return $"{which} {message.Type}, not {Type}";
        }

        if (message.Length != Size)
        {
            return $"{which} {message.Length} bytes, not {Size}";
        }

        byte[] expected = new byte[Size];
        Write(expected, connection, number);
        int at = message.Span.CommonPrefixLength(expected);
        return at == Size ? $"{which} not now" : $"{which} byte {at} is 0x{message.Span[at]:X2}, not 0x{expected[at]:X2}";
    }

    // Least significant first, so that small messages differ too.
    private int WriteHead(Span<byte> head, int connection, long number)
    {
        for (int i = 0; i < BinaryHead; i++)
        {
            byte value = (byte)(i < sizeof(long) ? number >> (8 * i) : connection >> (8 * (i - sizeof(long))));
            if (_text)
            {
                head[2 * i] = "0123456789abcdef"u8[value & 15];
                head[(2 * i) + 1] = "0123456789abcdef"u8[value >> 4];
            }
            else
            {
                head[i] = value;
            }
        }

        return Math.Min(Size, _text ? TextHead : BinaryHead);
    }

    private ReadOnlySpan<byte> Rest(int connection, long number, int head) =>
        _pattern.AsSpan((int)(((ulong)number * 31) + ((ulong)connection * 17)) & (Starts - 1), Size - head);
}
