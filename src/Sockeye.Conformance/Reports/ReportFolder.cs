using System.Text.Json;

namespace Sockeye.Conformance.Reports;

/// <summary>A folder with reports: a page and a JSON file each, and an index that compares them.</summary>
public static class ReportFolder
{
    /// <summary>Adds a report, or replaces the one of the same peer, and writes the comparison of all that are there.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="report">The report.</param>
    /// <param name="brief">Without what takes the room: the bytes and the rules of cases that passed.</param>
    /// <returns>The report's page.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string Add(string folder, Report report, bool brief = false)
    {
        Directory.CreateDirectory(folder);
        string name = string.Concat($"{report.Side}-{report.Peer}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'));
        string page = Path.Combine(folder, name + ".html");
        File.WriteAllText(page, HtmlReport.Of(report, brief));
        File.WriteAllText(Path.Combine(folder, name + ".json"), JsonReport.Of(report, brief));
        File.WriteAllText(Path.Combine(folder, "index.html"), HtmlComparison.Of([.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)]));
        return page;
    }

    private static ReportSummary Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        string Value(string name) => json.RootElement.GetProperty(name).GetString()!;
        var cases = json.RootElement.GetProperty("cases").EnumerateArray().ToDictionary(one => one.GetProperty("id").GetString()!, Worse);
        return new ReportSummary(Value("side"), Value("peer"), Value("date"), Path.GetFileNameWithoutExtension(path) + ".html", cases);
    }

    private static string Worse(JsonElement one)
    {
        string verdict = one.GetProperty("verdict").GetString()!, close = one.GetProperty("close").GetString()!;
        return verdict == "fail" || close is "ok" or "informational" ? verdict : close;
    }
}
