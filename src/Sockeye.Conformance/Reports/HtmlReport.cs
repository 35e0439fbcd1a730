using System.Globalization;
using System.Net;
using System.Text;
using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Reports;

/// <summary>Reports as pages that need nothing else.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#222;--line:#ddd;--pass:#176b2c;--warn:#8a5a00;--bad:#b3261e;--info:#555;--head:#0b57a4}
        @media(prefers-color-scheme:dark){:root{--bg:#161616;--fg:#ddd;--line:#333;--pass:#6fce86;--warn:#e0b050;--bad:#ff8a80;--info:#aaa;--head:#8ab8f0}}
        body{background:var(--bg);color:var(--fg);font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:78rem;padding:0 1rem}
        table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
        code,pre{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap;margin:0}
        .pass,.ok{color:var(--pass)}.non-strict{color:var(--warn)}.fail,.wrong,.unclean,.left{color:var(--bad);font-weight:600}
        .informational,.unimplemented{color:var(--info)}b{color:var(--head)}summary{cursor:pointer}
        """;

    /// <summary>One judgement: a row a case, with the bytes both ways.</summary>
    /// <param name="report">The report.</param>
    public static string Of(Report report)
    {
        var page = Begin($"{report.Side} {report.Peer}");
        Summary(page, report);
        page.Append("<table><tr><th>case<th>verdict<th>close<th>what<th>time</tr>\n");
        foreach (var result in report.Results)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr id=\"{result.Case.Id}\"><td>{result.Case.Id}<td{Class(Words.Of(result.Verdict))}<td{Class(Words.Of(result.Close))}<td>");
            page.Append(CultureInfo.InvariantCulture, $"<details><summary>{Text(result.Case.Sends)}</summary><p>Allowed: {Text(result.Case.Allows)} ({Text(result.Case.Reference)})</p>");
            page.Append(result.Detail.Length > 0 ? $"<p>{Text(result.Detail)}</p>" : "");
            foreach (var line in result.Transcript)
            {
                Line(page, line);
            }

            page.Append(CultureInfo.InvariantCulture, $"</details><td>{result.Elapsed.TotalMilliseconds:0.0} ms</tr>\n");
        }

        return page.Append("</table></body></html>\n").ToString();
    }

    /// <summary>Several judgements side by side: a column each, and only the first column of links to their own pages.</summary>
    /// <param name="reports">The reports, and where their pages are.</param>
    public static string Compare(IReadOnlyList<(string Peer, string Page, IReadOnlyDictionary<string, (string Verdict, string Close)> Cases)> reports)
    {
        var page = Begin($"{reports.Count} peers");
        page.Append("<table><tr><th>case");
        foreach (var (peer, link, _) in reports)
        {
            page.Append(CultureInfo.InvariantCulture, $"<th><a href=\"{Text(link)}\">{Text(peer)}</a>");
        }

        page.Append("</tr>\n");
        foreach (var one in CaseList.All.Where(one => reports.Any(report => report.Cases.ContainsKey(one.Id))))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr title=\"{Text(one.Sends)}\"><td>{one.Id}");
            foreach (var (_, _, cases) in reports)
            {
                bool known = cases.TryGetValue(one.Id, out var found);
                bool close = known && found.Close is not ("ok" or "informational") && found.Verdict != "fail";
                page.Append(known ? $"<td{Class(close ? found.Close : found.Verdict)}" : "<td>");
            }

            page.Append("</tr>\n");
        }

        return page.Append("</table></body></html>\n").ToString();
    }

    private static StringBuilder Begin(string title) => new StringBuilder()
        .Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
        .Append(CultureInfo.InvariantCulture, $"<title>WebSocket conformance: {Text(title)}</title><style>{Style}</style></head><body><h1>WebSocket conformance: {Text(title)}</h1>\n");

    private static void Summary(StringBuilder page, Report report)
    {
        page.Append("<table><tr><th>section<th>cases<th>pass<th>non-strict<th>informational<th>unimplemented<th>bad</tr>\n");
        foreach (var section in report.Results.GroupBy(result => result.Case.Section))
        {
            int Count(Verdict verdict) => section.Count(result => result.Verdict == verdict && !result.IsBad);
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{section.Key} {Text(CaseList.TitleOf(section.Key))}<td>{section.Count()}<td>{Count(Verdict.Pass)}<td>{Count(Verdict.NonStrict)}<td>{Count(Verdict.Informational)}<td>{Count(Verdict.Unimplemented)}<td>{section.Count(result => result.IsBad)}</tr>\n");
        }

        page.Append("</table><br>\n");
    }

    private static void Line(StringBuilder page, TranscriptLine line)
    {
        var bytes = line.Bytes.Span;
        page.Append(CultureInfo.InvariantCulture, $"<pre>{line.Milliseconds,8:0.0} {(line.IsSent ? "judge →" : "peer  ←")} {Text(line.Note)}, {line.Length} bytes\n");
        if (line.HeadLength == 0 && bytes.StartsWith("HTTP/"u8) | bytes.StartsWith("GET "u8))
        {
            page.Append(Text(Encoding.Latin1.GetString(bytes))).Append("</pre>\n");
            return;
        }

        int head = Math.Min(line.HeadLength, bytes.Length);
        page.Append(CultureInfo.InvariantCulture, $"<b title=\"head of the frame\">{Hex(bytes[..head])}</b> {Hex(bytes[head..])}{(line.Length > bytes.Length ? " ..." : "")}</pre>\n");
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => string.Join(' ', Convert.ToHexStringLower(bytes).Chunk(2).Select(pair => new string(pair)));

    private static string Class(string words) => $" class=\"{words.Split(' ')[0]}\">{words}";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
