namespace Sockeye.Conformance.Judging;

/// <summary>What a case came to.</summary>
internal sealed record Outcome(Verdict Verdict, CloseVerdict Close, string Detail = "")
{
    public static Outcome Failed(string detail) => new(Verdict.Fail, CloseVerdict.Fail, detail);

    public static readonly Outcome Passed = new(Verdict.Pass, CloseVerdict.Ok);

    public static Outcome Unimplemented(string detail) => new(Verdict.Unimplemented, CloseVerdict.Informational, detail);
}
