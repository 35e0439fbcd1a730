namespace Sockeye.Conformance.Wire;

/// <summary>Canonical codes of given lengths (RFC 1951 §3.2.2).</summary>
internal sealed class HuffmanCode
{
    public const int Longest = 15;

    private readonly int[] _firstCode = new int[Longest + 1];
    private readonly int[][] _symbols = new int[Longest + 1][];

    /// <exception cref="InvalidDataException">There are more codes than a length has room for.</exception>
    public HuffmanCode(int[] lengths)
    {
        int code = 0;
        for (int length = 1; length <= Longest; length++)
        {
            code <<= 1;
            _firstCode[length] = code;
            _symbols[length] = [.. Enumerable.Range(0, lengths.Length).Where(symbol => lengths[symbol] == length)];
            code += _symbols[length].Length;
            if (code > 1 << length)
            {
                throw new InvalidDataException("a compressed message with codes that cannot be");
            }
        }
    }

    /// <summary>The symbol of a code; -1 for none of that length.</summary>
    public int Find(int code, int length)
    {
        int at = code - _firstCode[length];
        return at >= 0 && at < _symbols[length].Length ? _symbols[length][at] : -1;
    }
}
