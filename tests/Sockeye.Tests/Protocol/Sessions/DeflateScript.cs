using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Sessions;

/// <summary>Compressed frames and what must come of them.</summary>
internal sealed class DeflateScript(Func<Wire, Wire> sent, params string[] expected)
{
    public IReadOnlyList<string> Expected { get; } = expected;

    /// <summary>Whether its messages refer to earlier ones.</summary>
    public bool NeedsTakeover { get; init; }

    /// <summary>Whether something comes in the middle of a message: how much was inflated by then is the decompressor's matter.</summary>
    public bool PiecesMayDiffer { get; init; }

    public byte[] Bytes(bool masked) => sent(new Wire(masked)).Bytes;

    /// <summary>What came, so that it can be compared.</summary>
    public IEnumerable<string> Tidy(List<string> lines)
    {
        if (!PiecesMayDiffer)
        {
            return lines;
        }

        return Expected[^1].StartsWith("violation", StringComparison.Ordinal)
            ? lines.Where(line => !line.StartsWith("text...", StringComparison.Ordinal))
            : lines;
    }
}
