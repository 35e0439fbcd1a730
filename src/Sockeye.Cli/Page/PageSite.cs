using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Sockeye.Cli.Page;

/// <summary>What plain HTTP requests get: the page, and whether the server is well.</summary>
internal sealed class PageSite
{
    private const string PathPlace = "<meta name=\"websocket-path\" content=\"\">";

    private readonly PlainResponse _page;
    private readonly PlainResponse _health;
    private readonly PlainResponse _icon;
    private readonly PlainResponse _onlyGet;
    private readonly string? _webSocketPath;

    /// <summary>Makes the answers once.</summary>
    /// <param name="webSocketPath">The one path that upgrades; null if every path does.</param>
    public PageSite(string? webSocketPath)
    {
        _webSocketPath = webSocketPath;
        string html = ReadPage().Replace(
            PathPlace, PathPlace.Replace("\"\"", $"\"{WebUtility.HtmlEncode(webSocketPath)}\"", StringComparison.Ordinal), StringComparison.Ordinal);
        _page = PlainResponse.Html(html) with
        {
            Headers =
            [
                new("Content-Security-Policy", PolicyFor(html)),
                new("X-Content-Type-Options", "nosniff"),
                new("Referrer-Policy", "no-referrer"),
                new("Cache-Control", "no-store"),
                new("Vary", "Accept"),
            ],
        };
        _health = PlainResponse.Text(200, "ok") with { Headers = [new("Cache-Control", "no-store"), new("X-Content-Type-Options", "nosniff")] };
        _icon = new PlainResponse(204, null, default);
        _onlyGet = PlainResponse.Text(405, "Only GET and HEAD are answered here.") with { Headers = [new("Allow", "GET, HEAD")] };
    }

    /// <summary>The answer; null leaves it to the server: 404, or 426 where a WebSocket lives.</summary>
    public PlainResponse? Answer(RequestHead request)
    {
        var found = request.Path switch
        {
            "/" => _page,
            "/health" => _health,
            "/favicon.ico" => _icon,
            // A browser that opens a WebSocket's address gets the page too, which then connects to that address.
            var path when (_webSocketPath is null || path == _webSocketPath) && AcceptsHtml(request) => _page,
            _ => null,
        };
        return found is null || request.Method is "GET" or "HEAD" ? found : _onlyGet;
    }

    private static bool AcceptsHtml(RequestHead request) => request["Accept"]?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true;

    private static string ReadPage()
    {
        using var stream = typeof(PageSite).Assembly.GetManifestResourceStream("index.html")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    // Only the page's own style and script run, whatever somebody sends it.
    private static string PolicyFor(string html) =>
        $"default-src 'none'; style-src '{HashOf(html, "style")}'; script-src '{HashOf(html, "script")}'; connect-src 'self'; "
        + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static string HashOf(string html, string element)
    {
        int start = html.IndexOf($"\n<{element}>", StringComparison.Ordinal) + element.Length + 3;
        int end = html.IndexOf($"</{element}>", start, StringComparison.Ordinal);
        return "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(html[start..end])));
    }
}
