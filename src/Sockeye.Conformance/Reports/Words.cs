using Sockeye.Conformance.Judging;

namespace Sockeye.Conformance.Reports;

/// <summary>Verdicts as they are written.</summary>
public static class Words
{
    /// <summary>A verdict on behaviour.</summary>
    /// <param name="verdict">The verdict.</param>
    public static string Of(Verdict verdict) => verdict == Verdict.NonStrict ? "non-strict" : verdict.ToString().ToLowerInvariant();

    /// <summary>A verdict on how the connection ended.</summary>
    /// <param name="verdict">The verdict.</param>
    public static string Of(CloseVerdict verdict) => verdict switch
    {
        CloseVerdict.WrongCode => "wrong code",
        CloseVerdict.LeftOpen => "left open",
        _ => verdict.ToString().ToLowerInvariant(),
    };
}
