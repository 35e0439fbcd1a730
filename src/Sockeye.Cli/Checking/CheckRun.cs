using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Sockeye.Cli.Serving;
using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Reports;

namespace Sockeye.Cli.Checking;

/// <summary>A judgement from the first case to the table.</summary>
internal static class CheckRun
{
    private static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    public static async Task<int> RunAsync(CheckSettings settings)
    {
        using var signals = new StopSignals();
        using var stop = new CancellationTokenSource();
        _ = signals.First.ContinueWith(_ => stop.Cancel(), TaskScheduler.Default);
        var judge = new JudgeSettings { Patience = settings.Patience, IsFast = settings.IsFast, AcceptsAnyCertificate = settings.IsInsecure };
        if (settings.Listen is { } address)
        {
            return await ListenAsync(settings, address, judge, stop.Token);
        }

        var cases = Chosen(settings, CaseSides.Server);
        using var progress = new CheckProgress(cases.Count);
        var results = await Judge.ServerAsync(settings.Url!, cases, judge, progress.Done, stop.Token);
        progress.End();
        return End(settings, new Report("server", settings.Name ?? $"{settings.Url}", Today, results), cases.Count);
    }

    private static async Task<int> ListenAsync(CheckSettings settings, IPEndPoint address, JudgeSettings judge, CancellationToken stop)
    {
        var cases = Chosen(settings, CaseSides.Client);
        using var progress = new CheckProgress(cases.Count);
        using var certificate = Certificates.Of(settings.Certificate);
        using var server = Start(address, certificate, cases, judge, progress);
        // With --json, standard output is the object alone.
        (settings.IsJson ? Console.Error : Console.Out).WriteLine($"listening on {(certificate is null ? "ws" : "wss")}://{server.Address}/");
        var results = await server.RunAsync(stop);
        progress.End();
        return End(settings, new Report("client", settings.Name ?? server.Agent, Today, results), cases.Count);
    }

    private static CaseServer Start(IPEndPoint address, X509Certificate2? certificate, IReadOnlyList<Case> cases, JudgeSettings judge, CheckProgress progress)
    {
        try
        {
            return new CaseServer(address, cases, judge, certificate, progress.Done);
        }
        catch (SocketException e)
        {
            throw ProgramException.Failed($"Cannot listen on {address}: {e.Message}");
        }
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

        if (settings.ReportFolder is { } folder)
        {
            Notes.Write($"report: {ReportFolder.Add(folder, report, settings.IsBrief)}");
        }

        if (report.Results.Count < planned)
        {
            Notes.Write($"stopped after {report.Results.Count} of {planned} cases");
        }

        return report.Results.Any(result => result.IsBad) || report.Results.Count < planned ? ExitCode.Failed : ExitCode.Ok;
    }
}
