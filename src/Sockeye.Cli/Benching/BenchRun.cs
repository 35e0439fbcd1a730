using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>A measurement from the first connection to the figures.</summary>
internal sealed class BenchRun : IDisposable
{
    // From one address some 28,000 connections can be opened a minute, as each port rests for 60 s.
    private const double MostHandshakesFromOneAddress = 450;

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly BenchSettings _settings;
    private readonly StopSignals _signals;
    private readonly Tally _tally = new();
    private readonly Progress _progress;
    private readonly IWorkload _workload;
    private readonly double? _rate;

    private BenchRun(BenchSettings settings, StopSignals signals)
    {
        (_settings, _signals) = (settings, signals);
        var dialer = new Dialer(settings);
        _rate = RateOf(settings, dialer);
        _workload = settings.Mode switch
        {
            BenchMode.Handshake => new HandshakeWorkload(settings, dialer, _tally),
            BenchMode.Idle => new IdleWorkload(settings, dialer, _tally),
            BenchMode.Broadcast => new BroadcastWorkload(settings, dialer, _tally),
            _ => new EchoWorkload(settings, dialer, _tally),
        };
        _progress = new Progress(_workload, _tally);
    }

    public static async Task<int> RunAsync(BenchSettings settings)
    {
        using var signals = new StopSignals();
        using var run = new BenchRun(settings, signals);
        var report = await run.MeasureAsync();
        if (settings.IsJson)
        {
            JsonReport.Write(report);
        }
        else
        {
            TextReport.Write(report);
        }

        return report.Errors.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    public void Dispose() => _workload.Dispose();

    private static double? RateOf(BenchSettings settings, Dialer dialer)
    {
        if (settings.Mode == BenchMode.Handshake && settings.Rate is null && !dialer.HasPortsEnough)
        {
            Notes.Write(
                $"all connections come from one address, whose ports could run out: {MostHandshakesFromOneAddress} handshakes a second at most, "
                + "unless --rate says otherwise (ws://127.0.0.1 on Linux has no such bound)");
            return MostHandshakesFromOneAddress;
        }

        return settings.Mode == BenchMode.Idle ? settings.Rate ?? IdleWorkload.RateOf(settings) : settings.Rate;
    }

    private async Task<BenchReport> MeasureAsync()
    {
        using var stop = new CancellationTokenSource();
        using var hurry = new CancellationTokenSource();
        _ = _signals.First.ContinueWith(_ => stop.Cancel(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _ = _signals.Second.ContinueWith(_ => hurry.Cancel(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        var opening = _workload.OpenAsync(stop.Token);
        while (!opening.IsCompleted)
        {
            await Task.WhenAny(opening, Task.Delay(s_tick, CancellationToken.None));
            _progress.Opening(_settings.Connections);
        }

        await opening;
        var cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        await LoadAsync(start);
        var report = new BenchReport
        {
            Settings = _settings,
            Rate = _rate,
            Unit = _workload.Unit,
            Elapsed = Stopwatch.GetElapsedTime(start),
            Cpu = Environment.CpuUsage.TotalTime - cpu,
            Count = _tally.Latencies().Count,
            StoppedEarly = _signals.First.IsCompleted,
        };
        await _workload.FinishAsync(hurry.Token);
        _progress.End();
        return report with
        {
            Latencies = _tally.Latencies(),
            Figures = [.. _workload.Figures],
            Errors = [.. _tally.Errors.OrderByDescending(error => error.Value).ThenBy(error => error.Key, StringComparer.Ordinal)],
            FirstWrong = _tally.FirstWrong,
        };
    }

    private async Task LoadAsync(long start)
    {
        // In broadcast a message is due for the one who sends.
        int turns = _settings.Mode == BenchMode.Broadcast ? 1 : _settings.Connections;
        var schedule = _rate is { } rate ? new Schedule(start, rate, turns) : null;
        _workload.Start(schedule);
        using var pacer = schedule is null ? null : new Pacer(schedule, _workload.Due);
        TimeSpan left;
        while ((left = _settings.Duration - Stopwatch.GetElapsedTime(start)) > TimeSpan.Zero && !_signals.First.IsCompleted && !_workload.IsOver)
        {
            await Task.WhenAny(_signals.First, Task.Delay(left < s_tick ? left : s_tick, CancellationToken.None));
            _progress.Running(Stopwatch.GetElapsedTime(start));
        }
    }
}
