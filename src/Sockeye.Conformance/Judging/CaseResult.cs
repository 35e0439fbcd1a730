using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>What came of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Verdict">How the peer behaved.</param>
/// <param name="Close">How the connection ended.</param>
/// <param name="Detail">What was seen, where it is not simply what was wanted.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Transcript">The bytes both ways: the first of them.</param>
public sealed record CaseResult(
    Case Case, Verdict Verdict, CloseVerdict Close, string Detail, TimeSpan Elapsed, IReadOnlyList<TranscriptLine> Transcript)
{
    /// <summary>Whether the peer broke a rule, in what it did or in how it ended.</summary>
    public bool IsBad => Verdict == Verdict.Fail || Close is CloseVerdict.Unclean or CloseVerdict.WrongCode or CloseVerdict.LeftOpen or CloseVerdict.Fail;
}
