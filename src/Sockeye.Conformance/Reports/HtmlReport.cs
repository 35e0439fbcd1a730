using System.Globalization;
using System.Text;
using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Reports;

/// <summary>Reports as pages that need nothing else.</summary>
public static class HtmlReport
{
    // What a brief report shows of a case that did not pass.
    private const int BriefLines = 10, BriefBytes = 40;

    /// <summary>One judgement: a row a case, with the bytes both ways.</summary>
    /// <param name="report">The report.</param>
    /// <param name="brief">Without the bytes of cases that passed, and with fewer of the others.</param>
    public static string Of(Report report, bool brief = false)
    {
        var page = HtmlPage.Begin($"{report.Side} {report.Peer}");
        page.Append(CultureInfo.InvariantCulture, $"<p>{report.Results.Count} cases, {report.Date:yyyy-MM-dd}; <a href=\"index.html\">all peers</a></p>\n");
        Summary(page, report);
        page.Append("<h2>Cases</h2>\n<table><tr><th>case<th>verdict<th>close<th>what is sent<th class=\"num\">ms</tr>\n");
        foreach (var result in report.Results)
        {
            bool passed = result is { Verdict: Verdict.Pass, IsBad: false };
            string verdict = Words.Of(result.Verdict), close = Words.Of(result.Close);
            page.Append(CultureInfo.InvariantCulture, $"<tr id=\"{result.Case.Id}\"><td>{result.Case.Id}<td{HtmlPage.Class(verdict)}{verdict}<td{HtmlPage.Class(close)}{close}<td>");
            if (passed && brief)
            {
                page.Append(HtmlPage.Text(result.Case.Sends));
            }
            else
            {
                Details(page, result, brief);
            }

            page.Append(CultureInfo.InvariantCulture, $"<td class=\"num\">{result.Elapsed.TotalMilliseconds:0.0}\n");
        }

        return page.Append("</table>").Append(HtmlPage.End).ToString();
    }

    private static void Details(StringBuilder page, CaseResult result, bool brief)
    {
        page.Append(CultureInfo.InvariantCulture, $"<details><summary>{HtmlPage.Text(result.Case.Sends)}</summary><p>Allowed: {HtmlPage.Text(result.Case.Allows)} ({HtmlPage.Text(result.Case.Reference)})</p>");
        page.Append(result.Detail.Length > 0 ? $"<p>{HtmlPage.Text(result.Detail)}</p>" : "");
        foreach (var line in brief ? result.Transcript.Take(BriefLines) : result.Transcript)
        {
            Line(page, line, brief ? BriefBytes : int.MaxValue);
        }

        page.Append("</details>");
    }

    private static void Summary(StringBuilder page, Report report)
    {
        page.Append("<table><tr><th>section<th class=\"num\">cases<th class=\"num\">pass<th class=\"num\">non-strict<th class=\"num\">informational<th class=\"num\">unimplemented<th class=\"num\">fail or bad close</tr>\n");
        foreach (var section in report.Results.GroupBy(result => result.Case.Section))
        {
            Row(page, "", $"{section.Key} {CaseList.TitleOf(section.Key)}", [.. section]);
        }

        Row(page, " class=\"all\"", "all", report.Results);
        page.Append("</table>\n");
    }

    private static void Row(StringBuilder page, string attribute, string name, IReadOnlyCollection<CaseResult> results)
    {
        page.Append(CultureInfo.InvariantCulture, $"<tr{attribute}><td>{HtmlPage.Text(name)}<td class=\"num\">{results.Count}");
        foreach (var verdict in (Verdict[])[Verdict.Pass, Verdict.NonStrict, Verdict.Informational, Verdict.Unimplemented])
        {
            Count(page, Words.Of(verdict), results.Count(result => result.Verdict == verdict && !result.IsBad));
        }

        Count(page, "fail", results.Count(result => result.IsBad));
        page.Append('\n');
    }

    private static void Count(StringBuilder page, string words, int count) =>
        page.Append(CultureInfo.InvariantCulture, $"<td class=\"num {(count == 0 ? "none" : words)}\">{(count == 0 ? "·" : count)}");

    private static void Line(StringBuilder page, TranscriptLine line, int most)
    {
        var bytes = line.Bytes.Span;
        page.Append(CultureInfo.InvariantCulture, $"<pre>{line.Milliseconds,8:0.0} {(line.IsSent ? "judge →" : "peer  ←")} {HtmlPage.Text(line.Note)}, {line.Length} bytes\n");
        if (line.HeadLength == 0 && bytes.StartsWith("HTTP/"u8) | bytes.StartsWith("GET "u8))
        {
            page.Append(HtmlPage.Text(Encoding.Latin1.GetString(bytes))).Append("</pre>\n");
            return;
        }

        int head = Math.Min(line.HeadLength, bytes.Length), shown = Math.Min(bytes.Length, most);
        page.Append(CultureInfo.InvariantCulture, $"<b title=\"head of the frame\">{Hex(bytes[..head])}</b> {Hex(bytes[head..Math.Max(shown, head)])}{(line.Length > shown ? " ..." : "")}</pre>\n");
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => string.Join(' ', Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => new string(pair)));
}
