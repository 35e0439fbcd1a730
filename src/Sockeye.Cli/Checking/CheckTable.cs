using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Reports;

namespace Sockeye.Cli.Checking;

/// <summary>The results for people: a table by section, and each case that did not simply pass.</summary>
internal static class CheckTable
{
    private const int MaxCases = 100;

    public static void Write(Report report)
    {
        var other = report.Results.Where(result => result.IsBad || result.Verdict is Verdict.NonStrict or Verdict.Informational).ToList();
        foreach (var result in other.Take(MaxCases))
        {
            Console.Out.WriteLine($"{result.Case.Id,-9} {Words.Of(result.Verdict),-13} {(result.Verdict == Verdict.Informational ? "" : Words.Of(result.Close)),-10} {result.Case.Sends}");
            if (result.IsBad)
            {
                Console.Out.WriteLine($"{"",-9} allowed: {result.Case.Allows} ({result.Case.Reference})");
            }

            Console.Out.WriteLine($"{"",-9} {Notes.Harmless(result.Detail)}");
        }

        if (other.Count > MaxCases)
        {
            Console.Out.WriteLine($"... and {other.Count - MaxCases} more");
        }

        Console.Out.WriteLine(other.Count > 0 ? "" : null);
        Console.Out.WriteLine($"{"section",-34} {"cases",6} {"pass",6} {"non-strict",11} {"inform.",8} {"unimpl.",8} {"fail",6} {"bad close",10}");
        foreach (var section in report.Results.GroupBy(result => result.Case.Section))
        {
            Row($"{section.Key,-3} {CaseList.TitleOf(section.Key)}", [.. section]);
        }

        Row("all", report.Results);
    }

    private static void Row(string name, IReadOnlyCollection<CaseResult> results)
    {
        int Count(Verdict verdict) => results.Count(result => result.Verdict == verdict);
        int badCloses = results.Count(result => result.IsBad && result.Verdict != Verdict.Fail);
        Console.Out.WriteLine(
            $"{name,-34} {results.Count,6} {Count(Verdict.Pass),6} {Count(Verdict.NonStrict),11} {Count(Verdict.Informational),8} "
            + $"{Count(Verdict.Unimplemented),8} {Count(Verdict.Fail),6} {badCloses,10}");
    }
}
