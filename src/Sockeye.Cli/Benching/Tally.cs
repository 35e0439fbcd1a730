using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>All that is counted in a run. Any number of threads may count at once.</summary>
internal sealed class Tally
{
    public const string Unanswered = "unanswered";

    private static readonly double s_nanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    // One for each processor, so that they do not fight for the same memory.
    private readonly LatencyHistogram[] _histograms =
        [.. Enumerable.Range(0, Math.Min(16, Environment.ProcessorCount)).Select(_ => new LatencyHistogram())];

    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private volatile string? _firstWrong;

    public IReadOnlyDictionary<string, long> Errors => _errors;

    public long ErrorCount => _errors.Values.Sum();

    /// <summary>What the first wrong message looked like.</summary>
    public string? FirstWrong => _firstWrong;

    /// <summary>Something came back: what began (or was due) at one time and ended at another, of <see cref="Stopwatch"/>.</summary>
    public void Done(long from, long to) =>
        _histograms[Thread.GetCurrentProcessorId() % _histograms.Length].Record((long)((to - from) * s_nanosecondsPerTick));

    public void Error(string kind, long times = 1) => _errors.AddOrUpdate(kind, times, (_, before) => before + times);

    public void Wrong(string kind, string what)
    {
        _firstWrong ??= what;
        Error(kind);
    }

    /// <summary>A connection ended while it should have lived.</summary>
    public void Closed(CloseResult how) => Error($"closed unexpectedly with {(int)how.Code}");

    /// <summary>The times counted so far, together.</summary>
    public LatencyHistogram Latencies()
    {
        var all = new LatencyHistogram();
        foreach (var histogram in _histograms)
        {
            all.Add(histogram);
        }

        return all;
    }
}
