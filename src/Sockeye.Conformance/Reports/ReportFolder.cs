using System.Text.Json;

namespace Sockeye.Conformance.Reports;

/// <summary>A folder with reports: a page and a JSON file each, and an index that compares them.</summary>
public static class ReportFolder
{
    /// <summary>Adds a report, or replaces the one of the same peer, and writes the comparison of all that are there.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="report">The report.</param>
    /// <returns>The report's page.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static string Add(string folder, Report report)
    {
        Directory.CreateDirectory(folder);
        string name = string.Concat($"{report.Side}-{report.Peer}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'));
        string page = Path.Combine(folder, name + ".html");
        File.WriteAllText(page, HtmlReport.Of(report));
        File.WriteAllText(Path.Combine(folder, name + ".json"), JsonReport.Of(report));
        File.WriteAllText(Path.Combine(folder, "index.html"), HtmlReport.Compare([.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)]));
        return page;
    }

    private static (string Peer, string Page, IReadOnlyDictionary<string, (string Verdict, string Close)> Cases) Read(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = json.RootElement;
        var cases = root.GetProperty("cases").EnumerateArray().ToDictionary(
            one => one.GetProperty("id").GetString()!, one => (one.GetProperty("verdict").GetString()!, one.GetProperty("close").GetString()!));
        return ($"{root.GetProperty("side").GetString()} {root.GetProperty("peer").GetString()}", Path.GetFileNameWithoutExtension(path) + ".html", cases);
    }
}
