using System.Globalization;
using System.Net;
using System.Text;

namespace Sockeye.Conformance.Reports;

/// <summary>What all pages have.</summary>
internal static class HtmlPage
{
    private const string Style = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#222;--line:#ddd;--pass:#176b2c;--warn:#8a5a00;--bad:#b3261e;--info:#555;--head:#0b57a4}
        @media(prefers-color-scheme:dark){:root{--bg:#161616;--fg:#ddd;--line:#333;--pass:#6fce86;--warn:#e0b050;--bad:#ff8a80;--info:#aaa;--head:#8ab8f0}}
        body{background:var(--bg);color:var(--fg);font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:84rem;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}a{color:var(--head)}.wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
        th{background:var(--bg);position:sticky;top:0}tr:target{outline:2px solid var(--head)}td:first-child,.num{white-space:nowrap}
        .num{font-variant-numeric:tabular-nums;text-align:right}tr.all td{border-top:2px solid var(--line);font-weight:600}
        code,pre{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap;margin:.35rem 0}
        .pass,.ok{color:var(--pass)}.non-strict{color:var(--warn)}.fail,.wrong,.unclean,.left{color:var(--bad);font-weight:600}
        .informational,.unimplemented,.none{color:var(--info)}td a{color:inherit}b{color:var(--head)}summary{cursor:pointer}
        """;

    public const string End = "</body></html>\n";

    public static StringBuilder Begin(string title) => new StringBuilder()
        .Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
        .Append(CultureInfo.InvariantCulture, $"<title>WebSocket conformance: {Text(title)}</title>\n<style>\n{Style}\n</style></head><body>\n<h1>WebSocket conformance: {Text(title)}</h1>\n");

    /// <summary>The attribute that gives a verdict its colour, and the end of the tag.</summary>
    public static string Class(string words) => $" class=\"{words.Split(' ')[0]}\">";

    public static string Text(string text) => WebUtility.HtmlEncode(text);
}
