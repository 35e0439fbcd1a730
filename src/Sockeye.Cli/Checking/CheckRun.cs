using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Reports;

namespace Sockeye.Cli.Checking;

/// <summary>A judgement from the first case to the table.</summary>
internal static class CheckRun
{
    public static async Task<int> RunAsync(CheckSettings settings)
    {
        using var signals = new StopSignals();
        using var stop = new CancellationTokenSource();
        _ = signals.First.ContinueWith(_ => stop.Cancel(), TaskScheduler.Default);
        var judge = new JudgeSettings { Patience = settings.Patience, IsFast = settings.IsFast, AcceptsAnyCertificate = settings.IsInsecure };
        var cases = Chosen(settings, CaseSides.Server);
        using var progress = new CheckProgress(cases.Count);
        var results = await Judge.ServerAsync(settings.Url!, cases, judge, progress.Done, stop.Token);
        progress.End();
        return End(settings, new Report("server", $"{settings.Url}", results), cases.Count);
    }

    private static IReadOnlyList<Case> Chosen(CheckSettings settings, CaseSides side)
    {
        var cases = CaseList.Choose(side, settings.Cases, settings.Exclude, settings.IsFast);
        return cases.Count > 0 ? cases : throw ProgramException.Usage("No case fits --cases and --exclude.");
    }

    private static int End(CheckSettings settings, Report report, int planned)
    {
        if (settings.IsJson)
        {
            Console.Out.WriteLine(JsonReport.Of(report));
        }
        else
        {
            CheckTable.Write(report);
        }

        if (report.Results.Count < planned)
        {
            Notes.Write($"stopped after {report.Results.Count} of {planned} cases");
        }

        return report.Results.Any(result => result.IsBad) || report.Results.Count < planned ? ExitCode.Failed : ExitCode.Ok;
    }
}
