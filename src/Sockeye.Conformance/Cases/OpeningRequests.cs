using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>Requests of a client: good ones, those that are no WebSocket handshake, and those that are no HTTP either.</summary>
internal static class OpeningRequests
{
    private const string Handshake = "RFC 6455 §4.2.1";
    private const string Http = "RFC 9112 §2.2, §3, §5; RFC 9110 §5";

    private static readonly string[] s_usual =
        ["Host: {0}", "Upgrade: websocket", "Connection: Upgrade", $"Sec-WebSocket-Key: {Opening.SampleKey}", "Sec-WebSocket-Version: 13"];

    // A recipient may put spaces in their place, or keep them where that is safe (RFC 9110 §5.5, RFC 9112 §2.2, §5.2).
    private static readonly string[] s_mayBeMended = ["X-Nul", "X-Cr", "X-Fold", "X-Del", "X-Ctl", "X-Bell", "X-Esc"];

    public static IReadOnlyList<OpeningSample> Valid { get; } =
    [
        With("as in the standard"),
        .. new[] { "websocket", "WebSocket", "WEBSOCKET", "webSocket", "websocket ", " websocket" }.Select(value => Set($"with 'Upgrade: {value}'", "Upgrade", value)),
        .. new[] { "h2c, websocket", "websocket, h2c", "websocket,h2c" }
            .Select(value => Set($"with 'Upgrade: {value}'", "Upgrade", value) with { IsWish = true, Reference = "RFC 9110 §7.8 (a server MAY ignore Upgrade)" }),
        .. new[] { "upgrade", "UPGRADE", "Upgrade, keep-alive", "keep-alive, Upgrade", "keep-alive,Upgrade", "keep-alive , upgrade", "keep-alive,, Upgrade", ",Upgrade" }
            .Select(value => Set($"with 'Connection: {value}'", "Connection", value)),
        Chopped("an octet per write", 1), Chopped("in writes of 7 octets", 7), Chopped("in writes of 50 octets", 50),
        new("with names in lower case", "RFC 9110 §5.1", (host, target) => Build(target, [.. s_usual.Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant() + line[line.IndexOf(':', StringComparison.Ordinal)..])], host)),
        new("with names in upper case", "RFC 9110 §5.1", (host, target) => Build(target, [.. s_usual.Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)].ToUpperInvariant() + line[line.IndexOf(':', StringComparison.Ordinal)..])], host)),
        new("with the headers in reverse", "RFC 9110 §5.3", (host, target) => Build(target, [.. s_usual.Reverse()], host)),
        new("with no space behind the colons", "RFC 9112 §5.1", (host, target) => Build(target, [.. s_usual.Select(line => line.Replace(": ", ":", StringComparison.Ordinal))], host)),
        new("with tabs and spaces around the values", "RFC 9112 §5.1", (host, target) => Build(target, [.. s_usual.Select(line => line.Replace(": ", ": \t ", StringComparison.Ordinal) + " \t")], host)),
        new("with an empty line before it", "RFC 9112 §2.2 (SHOULD)", (host, target) => "\r\n" + Build(target, s_usual, host), IsWish: true),
        .. new[]
            {
                "User-Agent: judge", "Cookie: a=b; c=d", "Accept-Language: de", "Pragma: no-cache", "X-Empty:", "X-Colons: a:b:c", "X-Obs: \u00fc\u00e4", "Accept-Encoding: gzip, deflate, br",
                "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: chat, superchat", "Sec-WebSocket-Protocol: a,b ,c , d", "Sec-WebSocket-Extensions: x-unknown",
                "Sec-WebSocket-Extensions: x-unknown; a=1; b=\"c\"", "Sec-WebSocket-Extensions: x-one, x-two", "Content-Length: 0", "Sec-Fetch-Mode: websocket", "DNT: 1", "Cache-Control: no-cache",
                "Authorization: Basic dTpw", "X-Forwarded-For: 192.0.2.1", "Via: 1.1 proxy", "Keep-Alive: timeout=5", "TE: trailers", "X-!#$%&'*+-.^_`|~: token",
            }.Select(header => With($"with '{header}'", header) with { IsWish = header.StartsWith("X-Obs", StringComparison.Ordinal) }), // RFC 9110 §5.5: SHOULD take it
        With("with two Sec-WebSocket-Protocol headers", "Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: superchat"),
        With("with two Sec-WebSocket-Extensions headers", "Sec-WebSocket-Extensions: x-one", "Sec-WebSocket-Extensions: x-two"),
        With("with a header of 4000 octets", $"X-Long: {new string('a', 4000)}"),
        With("with 40 more headers", [.. Enumerable.Range(0, 40).Select(i => $"X-{i}: {i}")]),
        new("with a query", "RFC 6455 §3", (host, target) => Build(target + (target.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "a=b&c=%20%C3%BC", s_usual, host)),
    ];

    public static IReadOnlyList<OpeningSample> Wrong { get; } =
    [
        .. new[] { "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Host" }.Select(name => Without(name)),
        .. new[] { "", "h2c", "websockets", "web socket", "websocket/13x", "\"websocket\"" }.Select(value => Set($"with 'Upgrade: {value}'", "Upgrade", value)),
        .. new[] { "", "close", "keep-alive", "Upgraded", "Up grade", "Upgrade;x" }.Select(value => Set($"with 'Connection: {value}'", "Connection", value)),
        .. new[] { "", "0", "1", "7", "8", "12", "14", "113", "13.0", "-13", "abc", "13, 8", "256", "0x0d" }
            .Select(value => Set($"with 'Sec-WebSocket-Version: {value}'", "Sec-WebSocket-Version", value) with { IsWish = value is "7" or "8", Reference = "RFC 6455 §4.2.1, §4.4 (drafts may be spoken too)" }),
        .. new[]
            {
                "", "abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZXM=", "dGhlIHNhbXBsZSBub25j!Q==",
                "dGhl IHNhbXBsZSBub25jZQ==", "====", "dGhlIHNhbXBsZSBub25jZSBkR2hsSUhOaGJYQnNaU0J1YjI1alpR==",
            }.Select(value => Set($"with 'Sec-WebSocket-Key: {value}'", "Sec-WebSocket-Key", value)),
        .. new[] { "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "Get" }.Select(method => Line($"with the method {method}", target => $"{method} {target} HTTP/1.1")),
        .. new[] { "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/3.0" }
            .Select(version => Line($"in {version}", target => $"GET {target} {version}") with { IsWish = version[5] > '1', Reference = "RFC 6455 §4.2.1 (HTTP/1.1 or higher)" }),
        With("with two keys", $"Sec-WebSocket-Key: {Opening.SampleKey}"),
        With("with two versions", "Sec-WebSocket-Version: 13"),
        With("with two versions that differ", "Sec-WebSocket-Version: 8"),
    ];

    public static IReadOnlyList<OpeningSample> Hostile { get; } =
    [
        .. new[] { "http/1.1", "HTTP/1.", "HTTP/11", "HTTP/1.1.1", "HTTP /1.1", "HTTP/1,1", "FTP/1.1", "HTTP/a.b" }.Select(version => Line($"with the version '{version}'", target => $"GET {target} {version}")),
        Line("without a version", target => $"GET {target}"), Line("with an empty target", _ => "GET  HTTP/1.1"), Line("with a space in the target", target => $"GET {target} x HTTP/1.1"),
        Line("with no start line but a word", _ => "GET"), Line("with a space before the method", target => $" GET {target} HTTP/1.1"), Line("with a colon in the method", target => $"G:T {target} HTTP/1.1"),
        Line("with a NUL in the target", target => $"GET {target}\0 HTTP/1.1"), Line("with a bare CR in the target", target => $"GET {target}\rx HTTP/1.1"),
        Line("with a target that has no slash", _ => "GET chat HTTP/1.1"), Line("with a fragment in the target", target => $"GET {target}#x HTTP/1.1"),
        .. new[]
            {
                "X Space: a", "X-Space : a", " X-Folded: a", "X-No-Colon", ": no name", "X-Nul: a\0b", "X-Cr: a\rb", "X-(: a", "X-\u00fc: a", "X-Del: a\x7f", "X-Ctl: a\x01", "X-Bell: \a",
                "X-At@: a", "X-\"Quoted\": a", "X-{: a", "X-Tab\t: a", "X-Fold: a\r\n b", "X-Esc: \u001b[2J",
            }.Select(header => With($"with the header '{Visible(header)}'", header) with { IsWish = s_mayBeMended.Any(name => header.StartsWith(name, StringComparison.Ordinal)), Reference = Http }),
        With("with two hosts", "Host: {0}"),
        With("with two hosts that differ", "Host: other.example"),
        .. new[] { "a b", "a/b", "user@{0}", "{0}:99999999", "{0}:x", "a,b", "[::1", "exa<mple" }
            .Select(value => Set($"with 'Host: {value}'", "Host", value) with { IsWish = value is "{0}:99999999" or "a,b" }), // odd, but within the grammar
        With("with a body of chunks", "Transfer-Encoding: chunked") with { IsWish = true },
        With("with Content-Length and Transfer-Encoding", "Content-Length: 5", "Transfer-Encoding: chunked") with { IsWish = true },
        With("with a body", "Content-Length: 5") with { IsWish = true },
        With("with a negative Content-Length", "Content-Length: -1"),
        With("with two Content-Lengths that differ", "Content-Length: 0", "Content-Length: 5"),
        With("with a Content-Length that is no number", "Content-Length: five"),
        With("with a header of 256 KiB", $"X-Long: {new string('a', 256 * 1024)}") with { IsWish = true },
        With("with 5000 headers", [.. Enumerable.Range(0, 5000).Select(i => $"X-{i}: {i}")]) with { IsWish = true },
        new("with a target of 256 KiB", "RFC 9112 §3", (host, target) => Build("/" + new string('a', 256 * 1024), s_usual, host), IsWish: true),
        new("that is a TLS greeting", "RFC 9112 §3", (_, _) => "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03 and no more of it\r\n\r\n"),
        new("that is HTTP/2's preface", "RFC 9113 §3.4", (_, _) => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        new("that is noise", "RFC 9112 §3", (_, _) => string.Concat(Enumerable.Range(0, 200).Select(i => (char)(128 + (i * 7 % 128)))) + "\r\n\r\n"),
    ];

    private static OpeningSample With(string what, params string[] more) => new(what, Handshake, (host, target) => Build(target, [.. s_usual, .. more], host));

    private static OpeningSample Without(string name) => new(
        $"without {name}", Handshake, (host, target) => Build(target, [.. s_usual.Where(line => !line.StartsWith(name + ":", StringComparison.Ordinal))], host));

    private static OpeningSample Set(string what, string name, string value) => new(
        what, Handshake, (host, target) => Build(target, [.. s_usual.Select(line => line.StartsWith(name + ":", StringComparison.Ordinal) ? $"{name}: {value}" : line)], host));

    private static OpeningSample Line(string what, Func<string, string> line) => new(
        what, Http, (host, target) => $"{line(target)}\r\n{Lines(s_usual, host)}\r\n");

    private static OpeningSample Chopped(string what, int size) => new(what, "RFC 9112 §2.2", (host, target) => Build(target, s_usual, host), size);

    private static string Build(string target, IEnumerable<string> lines, string host) => $"GET {target} HTTP/1.1\r\n{Lines(lines, host)}\r\n";

    private static string Lines(IEnumerable<string> lines, string host) => string.Concat(lines.Select(line => line.Replace("{0}", host, StringComparison.Ordinal) + "\r\n"));

    private static string Visible(string header) => string.Concat(header.Select(c => c is < ' ' or '\x7f' ? $"<{(int)c:x2}>" : $"{c}"));
}
