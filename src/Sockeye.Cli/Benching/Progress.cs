using System.Diagnostics;
using System.Globalization;

namespace Sockeye.Cli.Benching;

/// <summary>What goes on, on stderr: in a terminal one line that is drawn again, else a line now and then.</summary>
internal sealed class Progress(IWorkload workload, Tally tally)
{
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private long _shown = Stopwatch.GetTimestamp();
    private long _lastCount, _lastTime;
    private bool _dirty;

    private TimeSpan Interval => TimeSpan.FromSeconds(_terminal ? 0.5 : 5);

    public void Opening(int connections)
    {
        if (IsTime())
        {
            Show(string.Create(CultureInfo.InvariantCulture, $"opening: {workload.Live:N0} of {connections:N0} connections{Errors()}"));
        }
    }

    public void Running(TimeSpan elapsed)
    {
        if (!IsTime())
        {
            return;
        }

        var latencies = tally.Latencies();
        long count = latencies.Count, now = Stopwatch.GetTimestamp();
        double seconds = _lastTime == 0 ? elapsed.TotalSeconds : Stopwatch.GetElapsedTime(_lastTime, now).TotalSeconds;
        double rate = (count - _lastCount) / seconds;
        (_lastCount, _lastTime) = (count, now);
        Show(string.Create(
            CultureInfo.InvariantCulture,
            $"{elapsed.TotalSeconds,4:0.0} s: {workload.Live:N0} open, {rate:N0} {workload.Unit} a second, "
            + $"p50 {TextReport.Time(latencies.Percentile(50))}, p99 {TextReport.Time(latencies.Percentile(99))}{Errors()}"));
    }

    /// <summary>Leaves an empty line to the table.</summary>
    public void End()
    {
        if (_dirty)
        {
            Console.Error.Write("\r\x1b[K");
        }
    }

    private bool IsTime()
    {
        bool time = Stopwatch.GetElapsedTime(_shown) >= Interval;
        _shown = time ? Stopwatch.GetTimestamp() : _shown;
        return time;
    }

    private string Errors() => tally.ErrorCount is > 0 and var errors ? string.Create(CultureInfo.InvariantCulture, $", {errors:N0} errors") : "";

    private void Show(string line)
    {
        if (!_terminal)
        {
            Notes.Write(line);
            return;
        }

        _dirty = true;
        int width = Console.WindowWidth - 1;
        Console.Error.Write($"\r{(width > 0 && line.Length > width ? line[..width] : line)}\x1b[K");
    }
}
