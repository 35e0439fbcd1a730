using System.Globalization;

namespace Sockeye.Cli.Benching;

/// <summary>The figures for people: a table on stdout.</summary>
internal static class TextReport
{
    public static void Write(BenchReport report)
    {
        Console.Out.WriteLine(Describe(report));
        string early = report.StoppedEarly ? ", stopped early" : "";
        Row(report.Unit, string.Create(CultureInfo.InvariantCulture, $"{report.Count:N0} in {report.Elapsed.TotalSeconds:0.00} s{early}"));
        Row("a second", string.Create(CultureInfo.InvariantCulture, $"{report.PerSecond:N0}{Bytes(report)}"));
        foreach (var (name, value) in report.Figures)
        {
            Row(Words(name), value.ToString("N0", CultureInfo.InvariantCulture));
        }

        if (report.Latencies.Count > 0)
        {
            Row("latency mean", Time((long)report.Latencies.Mean));
            foreach (var (name, nanoseconds) in Percentiles(report.Latencies))
            {
                Row($"latency {name}", Time(nanoseconds));
            }
        }

        Row("CPU of this end", string.Create(CultureInfo.InvariantCulture, $"{report.Cpu.TotalSeconds:0.00} s"));
        Row("errors", report.Errors.Count == 0 ? "none" : report.Errors.Sum(error => error.Value).ToString("N0", CultureInfo.InvariantCulture));
        foreach (var (kind, times) in report.Errors)
        {
            Row("", string.Create(CultureInfo.InvariantCulture, $"{times:N0} × {kind}"));
        }

        if (report.FirstWrong is { } wrong)
        {
            Row("", $"the first: {wrong}");
        }

        Console.Out.Flush();
    }

    public static string NameOf(BenchMode mode) => mode switch
    {
        BenchMode.Handshake => "handshake",
        BenchMode.Idle => "idle",
        BenchMode.Broadcast => "broadcast",
        _ => "echo",
    };

    public static IEnumerable<(string Name, long Nanoseconds)> Percentiles(LatencyHistogram latencies) =>
    [
        ("p50", latencies.Percentile(50)),
        ("p90", latencies.Percentile(90)),
        ("p99", latencies.Percentile(99)),
        ("p99.9", latencies.Percentile(99.9)),
        ("max", latencies.Max),
    ];

    /// <summary>A time in the unit that suits it, with three digits or so.</summary>
    public static string Time(long nanoseconds) => nanoseconds switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.0} µs"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.00} ms"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:0.00} s"),
    };

    private static string Describe(BenchReport report)
    {
        var settings = report.Settings;
        var parts = new List<string> { NameOf(settings.Mode), $"{settings.Connections} connections" };
        if (settings.Mode is BenchMode.Echo or BenchMode.Broadcast)
        {
            parts.Add($"{settings.Size} bytes of {(settings.IsText ? "text" : "binary")}");
            parts.Add($"depth {settings.Depth}");
        }

        if (report.Rate is { } rate)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{rate:0.###} a second due"));
        }

        return $"{Notes.Harmless(settings.Text)}: {string.Join(", ", parts)}";
    }

    private static string Bytes(BenchReport report) => report.Settings.Mode is BenchMode.Echo or BenchMode.Broadcast
        ? string.Create(CultureInfo.InvariantCulture, $" ({report.PerSecond * report.Settings.Size / (1 << 20):0.0} MiB received)")
        : "";

    private static string Words(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));

    private static void Row(string name, string value) => Console.Out.WriteLine($"  {name,-16}{value}");
}
