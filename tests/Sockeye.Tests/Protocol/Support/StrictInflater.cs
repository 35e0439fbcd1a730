namespace Sockeye.Tests.Protocol.Support;

/// <summary>
/// A decoder written straight from RFC 1951, sharing nothing with the product's: slow, and strict about how far back a reference reaches.
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

    private readonly List<byte> _out = [];
    private byte[] _in = [];
    private int _bit;

    /// <summary>The farthest reference so far.</summary>
    public int Farthest { get; private set; }

    /// <summary>A message of permessage-deflate; references may reach into earlier ones, unless everything was forgotten.</summary>
    public byte[] Message(ReadOnlySpan<byte> payload, bool forget = false)
    {
        if (forget)
        {
            _out.Clear();
        }

        int from = _out.Count;
        (_in, _bit) = ([.. payload, 0, 0, 0xFF, 0xFF], 0);
        while (_bit < _in.Length * 8)
        {
            bool final = Bits(1) == 1;
            Block(Bits(2));
            if (final)
            {
                Align();
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
                Assert.Equal(length, ~Bits(16) & 0xFFFF);
                for (; length > 0; length--)
                {
                    _out.Add((byte)Bits(8));
                }

                break;
            case 1:
                int[] lengths = [.. Enumerable.Repeat(8, 144), .. Enumerable.Repeat(9, 112), .. Enumerable.Repeat(7, 24), .. Enumerable.Repeat(8, 8)];
                Codes(new Huffman(lengths), new Huffman([.. Enumerable.Repeat(5, 30)]));
                break;
            case 2:
                Dynamic();
                break;
            default:
                Assert.Fail("a reserved type of block");
                break;
        }
    }

    private void Dynamic()
    {
        int literals = Bits(5) + 257;
        int distances = Bits(5) + 1;
        int[] codeLengths = new int[19];
        for (int i = 0, count = Bits(4) + 4; i < count; i++)
        {
            codeLengths[s_order[i]] = Bits(3);
        }

        var code = new Huffman(codeLengths);
        List<int> lengths = [];
        while (lengths.Count < literals + distances)
        {
            int symbol = Symbol(code);
            switch (symbol)
            {
                case < 16:
                    lengths.Add(symbol);
                    break;
                case 16:
                    lengths.AddRange(Enumerable.Repeat(lengths[^1], 3 + Bits(2)));
                    break;
                default:
                    lengths.AddRange(Enumerable.Repeat(0, symbol == 17 ? 3 + Bits(3) : 11 + Bits(7)));
                    break;
            }
        }

        Codes(new Huffman([.. lengths[..literals]]), new Huffman([.. lengths[literals..]]));
    }

    private void Codes(Huffman literals, Huffman distances)
    {
        while (true)
        {
            int symbol = Symbol(literals);
            if (symbol == 256)
            {
                return;
            }

            if (symbol < 256)
            {
                _out.Add((byte)symbol);
                continue;
            }

            int length = s_lengthBase[symbol - 257] + Bits(s_lengthExtra[symbol - 257]);
            int code = Symbol(distances);
            int distance = s_distanceBase[code] + Bits(s_distanceExtra[code]);
            Assert.True(distance <= window, $"a reference {distance} bytes back, in a window of {window}");
            Assert.True(distance <= _out.Count, "a reference behind the start");
            Farthest = Math.Max(Farthest, distance);
            for (; length > 0; length--)
            {
                _out.Add(_out[^distance]);
            }
        }
    }

    private int Symbol(Huffman huffman)
    {
        int code = 0;
        for (int length = 1; length <= 15; length++)
        {
            code = (code << 1) | ((_in[_bit >> 3] >> (_bit & 7)) & 1);
            _bit++;
            if (huffman.Find(code, length) is { } symbol)
            {
                return symbol;
            }
        }

        Assert.Fail("a code that means nothing");
        return 0;
    }

    private int Bits(int count)
    {
        int value = 0;
        for (int i = 0; i < count; i++, _bit++)
        {
            value |= ((_in[_bit >> 3] >> (_bit & 7)) & 1) << i;
        }

        return value;
    }

    private void Align() => _bit = (_bit + 7) & ~7;

    /// <summary>Canonical codes of given lengths (RFC 1951 §3.2.2).</summary>
    private sealed class Huffman
    {
        private readonly int?[][] _symbols = new int?[16][];

        public Huffman(int[] lengths)
        {
            int code = 0;
            for (int length = 1; length <= 15; length++)
            {
                code <<= 1;
                _symbols[length] = new int?[1 << length];
                for (int symbol = 0; symbol < lengths.Length; symbol++)
                {
                    if (lengths[symbol] == length)
                    {
                        _symbols[length][code++] = symbol;
                    }
                }
            }
        }

        public int? Find(int code, int length) => _symbols[length][code];
    }
}
