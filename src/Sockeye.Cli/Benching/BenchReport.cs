namespace Sockeye.Cli.Benching;

/// <summary>What a run found out.</summary>
internal sealed record BenchReport
{
    public required BenchSettings Settings { get; init; }

    /// <summary>What was due in a second, asked for or chosen.</summary>
    public double? Rate { get; init; }

    /// <summary>What is counted.</summary>
    public required string Unit { get; init; }

    /// <summary>How long the load lasted, without opening and closing the connections.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Processor time of this program in that time.</summary>
    public TimeSpan Cpu { get; init; }

    /// <summary>How many came back in that time.</summary>
    public long Count { get; init; }

    public bool StoppedEarly { get; init; }

    /// <summary>The times of all that came back, also of what came after the time was over.</summary>
    public LatencyHistogram Latencies { get; init; } = new();

    public IReadOnlyList<(string Name, long Value)> Figures { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, long>> Errors { get; init; } = [];

    public string? FirstWrong { get; init; }

    public double PerSecond => Elapsed > TimeSpan.Zero ? Count / Elapsed.TotalSeconds : 0;
}
