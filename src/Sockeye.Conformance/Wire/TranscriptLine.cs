namespace Sockeye.Conformance.Wire;

/// <summary>A step of a case as it went over the wire.</summary>
/// <param name="IsSent">By the judge, not by the peer.</param>
/// <param name="Milliseconds">Since the case began.</param>
/// <param name="Note">What it is, in words.</param>
/// <param name="Length">How many bytes it took.</param>
/// <param name="HeadLength">How many of them are the head of a frame.</param>
/// <param name="Bytes">The first of them.</param>
public sealed record TranscriptLine(bool IsSent, double Milliseconds, string Note, long Length, int HeadLength, ReadOnlyMemory<byte> Bytes);
