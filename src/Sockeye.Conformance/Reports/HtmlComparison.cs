using System.Globalization;
using System.Text;
using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;

namespace Sockeye.Conformance.Reports;

/// <summary>Several judgements side by side.</summary>
internal static class HtmlComparison
{
    private static readonly string[] s_verdicts = ["fail", "non-strict", "unimplemented", "informational"];

    /// <summary>A column a peer: counts by section, then each case that not all of them passed.</summary>
    /// <param name="reports">The reports.</param>
    public static string Of(IReadOnlyList<ReportSummary> reports)
    {
        var page = HtmlPage.Begin($"{reports.Count} peers");
        var cases = CaseList.All.Where(one => reports.Any(report => report.Cases.ContainsKey(one.Id))).ToList();
        page.Append("<p>Cases passed, and what the others came to. fail counts bad ends of connections too.</p>\n<div class=\"wide\"><table><tr><th>section");
        Heads(page, reports, linked: true);
        foreach (var section in cases.GroupBy(one => one.Section))
        {
            Counts(page, "", $"{section.Key} {CaseList.TitleOf(section.Key)}", [.. section], reports);
        }

        Counts(page, " class=\"all\"", "all", cases, reports);
        page.Append("</table></div>\n<h2>Cases that not all passed</h2>\n<div class=\"wide\"><table><tr><th>case<th>what is sent");
        Heads(page, reports, linked: false);
        foreach (var one in cases.Where(one => !PassedByAll(one, reports)))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{one.Id}<td>{HtmlPage.Text(one.Sends)}");
            foreach (var report in reports)
            {
                string? words = report.Cases.GetValueOrDefault(one.Id);
                page.Append(words is null ? "<td class=\"none\">" : $"<td{HtmlPage.Class(words)}<a href=\"{HtmlPage.Text(report.Page)}#{one.Id}\">{words}</a>");
            }

            page.Append('\n');
        }

        page.Append("</table></div>\n<h2>Cases that all passed who were asked</h2>\n");
        foreach (var section in cases.Where(one => PassedByAll(one, reports)).GroupBy(one => one.Section))
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{section.Key} {HtmlPage.Text(CaseList.TitleOf(section.Key))}: {string.Join(", ", section.Select(one => one.Id))}</p>\n");
        }

        return page.Append(HtmlPage.End).ToString();
    }

    private static bool PassedByAll(Case one, IReadOnlyList<ReportSummary> reports) => reports.All(report => report.Cases.GetValueOrDefault(one.Id, "pass") == "pass");

    private static void Heads(StringBuilder page, IReadOnlyList<ReportSummary> reports, bool linked)
    {
        foreach (var report in reports)
        {
            string who = $"{report.Side}<br>{HtmlPage.Text(report.Peer)}";
            page.Append(linked ? $"<th><a href=\"{HtmlPage.Text(report.Page)}\">{who}</a><br>{report.Date}" : $"<th>{who}");
        }

        page.Append("</tr>\n");
    }

    private static void Counts(StringBuilder page, string attribute, string name, IReadOnlyCollection<Case> cases, IReadOnlyList<ReportSummary> reports)
    {
        page.Append(CultureInfo.InvariantCulture, $"<tr{attribute}><td>{HtmlPage.Text(name)}");
        foreach (var report in reports)
        {
            var counts = cases.Select(one => report.Cases.GetValueOrDefault(one.Id)).OfType<string>().CountBy(Kind).ToDictionary();
            page.Append(counts.Count == 0 ? "<td class=\"none\">·" : $"<td><span class=\"pass\">{counts.GetValueOrDefault("pass")}</span>");
            foreach (string verdict in s_verdicts.Where(counts.ContainsKey))
            {
                page.Append(CultureInfo.InvariantCulture, $" <span{HtmlPage.Class(verdict)}{counts[verdict]}&nbsp;{verdict}</span>");
            }
        }

        page.Append('\n');
    }

    // The ends of connections that are bad count as failures.
    private static string Kind(string words) => words == "pass" || s_verdicts.Contains(words) ? words : "fail";
}
