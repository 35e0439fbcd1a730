using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sockeye.Cli.Benching;

/// <summary>The figures for scripts: one line of JSON on stdout.</summary>
internal static class JsonReport
{
    public static void Write(BenchReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteSettings(json, report);
            WriteFigures(json, report);
            json.WriteEndObject();
        }

        Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
        Console.Out.Flush();
    }

    private static void WriteSettings(Utf8JsonWriter json, BenchReport report)
    {
        var settings = report.Settings;
        json.WriteStartObject("settings");
        json.WriteString("url", settings.Text);
        json.WriteString("mode", TextReport.NameOf(settings.Mode));
        json.WriteNumber("connections", settings.Connections);
        json.WriteNumber("size", settings.Size);
        json.WriteNumber("depth", settings.Depth);
        json.WriteNumber("seconds", settings.Duration.TotalSeconds);
        json.WriteBoolean("text", settings.IsText);
        if (report.Rate is { } rate)
        {
            json.WriteNumber("rate", rate);
        }
        else
        {
            json.WriteNull("rate");
        }

        json.WriteNumber("ramp", settings.Ramp.TotalSeconds);
        json.WriteBoolean("insecure", settings.IsInsecure);
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteString("unit", report.Unit);
        json.WriteNumber("count", report.Count);
        json.WriteNumber("elapsedSeconds", Math.Round(report.Elapsed.TotalSeconds, 3));
        json.WriteNumber("perSecond", Math.Round(report.PerSecond, 1));
        foreach (var (name, value) in report.Figures)
        {
            json.WriteNumber(name, value);
        }

        json.WriteStartObject("latencyMicroseconds");
        json.WriteNumber("mean", Math.Round(report.Latencies.Mean / 1000, 1));
        foreach (var (name, nanoseconds) in TextReport.Percentiles(report.Latencies))
        {
            json.WriteNumber(name, nanoseconds / 1000.0);
        }

        json.WriteEndObject();
        json.WriteNumber("benchCpuSeconds", Math.Round(report.Cpu.TotalSeconds, 3));
        json.WriteBoolean("stoppedEarly", report.StoppedEarly);
        json.WriteNumber("errorCount", report.Errors.Sum(error => error.Value));
        json.WriteStartObject("errors");
        foreach (var (kind, times) in report.Errors)
        {
            json.WriteNumber(kind, times);
        }

        json.WriteEndObject();
        if (report.FirstWrong is { } wrong)
        {
            json.WriteString("firstWrong", wrong);
        }
    }
}
