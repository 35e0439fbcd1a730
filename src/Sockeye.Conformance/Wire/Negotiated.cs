namespace Sockeye.Conformance.Wire;

/// <summary>What a handshake agreed about permessage-deflate, seen from the judge.</summary>
/// <param name="IsOn">Whether it was agreed at all.</param>
/// <param name="JudgeKeepsNoContext">The judge must begin each message with an empty window.</param>
/// <param name="PeerKeepsNoContext">The peer must.</param>
/// <param name="JudgeWindowBits">The window that the judge may use.</param>
/// <param name="PeerWindowBits">The window that the peer may use.</param>
internal sealed record Negotiated(
    bool IsOn, bool JudgeKeepsNoContext = false, bool PeerKeepsNoContext = false, int JudgeWindowBits = 15, int PeerWindowBits = 15)
{
    public static readonly Negotiated None = new(false);
}
