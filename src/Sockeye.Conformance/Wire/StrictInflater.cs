namespace Sockeye.Conformance.Wire;

/// <summary>
/// A decoder written from RFC 1951: slow, but it knows how far back each reference reaches, which the platform's does not tell.
/// </summary>
/// <param name="window">The farthest reference allowed, in bytes.</param>
internal sealed class StrictInflater(int window)
{
    private static readonly int[] s_lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] s_lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    private static readonly int[] s_distanceBase =
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static readonly int[] s_distanceExtra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
    private static readonly int[] s_order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly HuffmanCode s_literals = new([.. Enumerable.Repeat(8, 144), .. Enumerable.Repeat(9, 112), .. Enumerable.Repeat(7, 24), .. Enumerable.Repeat(8, 8)]);
    private static readonly HuffmanCode s_distances = new([.. Enumerable.Repeat(5, 30)]);

    private readonly List<byte> _out = [];
    private byte[] _in = [];
    private int _bit;

    /// <summary>Begins with an empty window: nothing earlier may be referred to.</summary>
    public void Forget() => _out.Clear();

    /// <summary>A message with its last four octets put back (RFC 7692 §7.2.2).</summary>
    /// <exception cref="InvalidDataException">It is not a compressed message, or refers too far back.</exception>
    public byte[] Inflate(byte[] message)
    {
        if (_out.Count > 2 * window)
        {
            _out.RemoveRange(0, _out.Count - window);
        }

        int from = _out.Count;
        (_in, _bit) = (message, 0);
        while (_bit < _in.Length * 8)
        {
            bool final = Bits(1) == 1;
            Block(Bits(2));
            if (final)
            {
                Align();
                break;
            }
        }

        return [.. _out[from..]];
    }

    private void Block(int type)
    {
        switch (type)
        {
            case 0:
                Align();
                int length = Bits(16);
                Must(length == (~Bits(16) & 0xffff), "a stored block whose length does not fit its complement");
                for (; length > 0; length--)
                {
                    _out.Add((byte)Bits(8));
                }

                break;
            case 1:
                Codes(s_literals, s_distances);
                break;
            case 2:
                Dynamic();
                break;
            default:
                Must(false, "a reserved type of block");
                break;
        }
    }

    private void Dynamic()
    {
        int literals = Bits(5) + 257, distances = Bits(5) + 1;
        int[] codeLengths = new int[19];
        for (int i = 0, count = Bits(4) + 4; i < count; i++)
        {
            codeLengths[s_order[i]] = Bits(3);
        }

        var code = new HuffmanCode(codeLengths);
        List<int> lengths = [];
        while (lengths.Count < literals + distances)
        {
            int symbol = Symbol(code);
            Must(symbol != 16 || lengths.Count > 0, "a repeated length before the first");
            lengths.AddRange(symbol switch
            {
                < 16 => [symbol],
                16 => Enumerable.Repeat(lengths[^1], 3 + Bits(2)),
                _ => Enumerable.Repeat(0, symbol == 17 ? 3 + Bits(3) : 11 + Bits(7)),
            });
        }

        Codes(new HuffmanCode([.. lengths[..literals]]), new HuffmanCode([.. lengths[literals..(literals + distances)]]));
    }

    private void Codes(HuffmanCode literals, HuffmanCode distances)
    {
        for (int symbol = Symbol(literals); symbol != 256; symbol = Symbol(literals))
        {
            if (symbol < 256)
            {
                _out.Add((byte)symbol);
                continue;
            }

            Must(symbol < 286, "a length that is reserved");
            int length = s_lengthBase[symbol - 257] + Bits(s_lengthExtra[symbol - 257]);
            int code = Symbol(distances);
            Must(code < 30, "a distance that is reserved");
            int distance = s_distanceBase[code] + Bits(s_distanceExtra[code]);
            Must(distance <= window, $"refers {distance} bytes back, in a window of {window} (RFC 7692 §7.1.2)");
            Must(distance <= _out.Count, "refers to what is before the start");
            for (; length > 0; length--)
            {
                _out.Add(_out[^distance]);
            }
        }
    }

    private int Symbol(HuffmanCode huffman)
    {
        int code = 0;
        for (int length = 1; length <= HuffmanCode.Longest; length++)
        {
            code = (code << 1) | Bits(1);
            int symbol = huffman.Find(code, length);
            if (symbol >= 0)
            {
                return symbol;
            }
        }

        throw new InvalidDataException("a compressed message with a code that means nothing");
    }

    private int Bits(int count)
    {
        Must(_bit + count <= _in.Length * 8, "ends inside a block");
        int value = 0;
        for (int i = 0; i < count; i++, _bit++)
        {
            value |= ((_in[_bit >> 3] >> (_bit & 7)) & 1) << i;
        }

        return value;
    }

    private void Align() => _bit = (_bit + 7) & ~7;

    private static void Must(bool good, string fault)
    {
        if (!good)
        {
            throw new InvalidDataException($"a compressed message: {fault}");
        }
    }
}
