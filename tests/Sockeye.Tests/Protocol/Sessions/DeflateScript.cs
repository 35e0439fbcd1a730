using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Sessions;

/// <summary>Compressed frames and what must come of them.</summary>
internal sealed class DeflateScript(Func<Wire, Wire> sent, params string[] expected)
{
    public IReadOnlyList<string> Expected { get; } = expected;

    /// <summary>Whether its messages refer to earlier ones.</summary>
    public bool NeedsTakeover { get; init; }

    public byte[] Bytes(bool masked) => sent(new Wire(masked)).Bytes;
}
