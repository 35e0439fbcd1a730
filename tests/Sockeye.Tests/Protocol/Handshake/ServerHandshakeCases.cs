namespace Sockeye.Tests.Protocol.Handshake;

/// <summary>One request, byte for byte in Latin-1, and what must come of it: "ws", "plain", or the status and cause of the refusal.</summary>
internal sealed record HandshakeCase(string Name, string Text, string Expected);

/// <summary>Requests valid and hostile. Each line of a case replaces or adds to a valid handshake, one thing at a time.</summary>
internal static class ServerHandshakeCases
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    public static readonly IReadOnlyList<HandshakeCase> All =
    [
        .. StartLines(), .. Hosts(), .. Upgrades(), .. Bodies(), .. Versions(), .. Keys(), .. SubProtocols(), .. Extensions(), .. Syntax(), .. Plain(),
    ];

    private static HandshakeCase Make(string name, string expected, string start = "GET /chat HTTP/1.1", string? host = "Host: a.com",
        string? upgrade = "Upgrade: websocket", string? connection = "Connection: Upgrade", string? key = "Sec-WebSocket-Key: " + Key,
        string? version = "Sec-WebSocket-Version: 13", string? more = null)
    {
        IEnumerable<string> lines = new[] { start, host, upgrade, connection, key, version, more }.OfType<string>();
        return new HandshakeCase(name, string.Join("\r\n", lines) + "\r\n\r\n", expected);
    }

    private static IEnumerable<HandshakeCase> StartLines()
    {
        yield return Make("the plainest handshake", "ws");
        yield return Make("root", "ws", start: "GET / HTTP/1.1");
        yield return Make("query", "ws", start: "GET /?a=b&c HTTP/1.1");
        yield return Make("HTTP/1.2", "ws", start: "GET / HTTP/1.2");
        yield return Make("absolute target", "ws", start: "GET http://a.com/ HTTP/1.1");
        yield return Make("absolute target ws", "ws", start: "GET ws://A.com:80/x HTTP/1.1");
        yield return Make("absolute target wss without path", "ws", start: "GET wss://a.com:443 HTTP/1.1");
        yield return Make("absolute target of another host", "400 Host", start: "GET http://b.com/ HTTP/1.1");
        yield return Make("absolute target of another port", "400 Host", start: "GET http://a.com:81/ HTTP/1.1");
        yield return Make("absolute target with user", "400 Target", start: "GET http://u@a.com/ HTTP/1.1");
        yield return Make("absolute target of another scheme", "400 Target", start: "GET ftp://a.com/ HTTP/1.1");
        yield return Make("absolute target without host", "400 Target", start: "GET http:///a HTTP/1.1");
        yield return Make("relative target", "400 Target", start: "GET chat HTTP/1.1");
        yield return Make("asterisk", "400 Target", start: "GET * HTTP/1.1");
        yield return Make("authority target", "400 Target", start: "CONNECT a.com:80 HTTP/1.1");
        yield return Make("asterisk with OPTIONS", "405 Method", start: "OPTIONS * HTTP/1.1");
        foreach (string method in (string[])["POST", "HEAD", "PUT", "get", "Get", "GETT", "OPTIONS", "CONNECT", "X-!#"])
            yield return Make("method " + method, "405 Method", start: $"{method} / HTTP/1.1");
        yield return Make("HTTP/1.0", "400 HttpVersion", start: "GET / HTTP/1.0");
        foreach (string version in (string[])["HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9"])
            yield return Make(version, "505 HttpVersion", start: $"GET / {version}");
        foreach (string version in (string[])["HTTP/1", "HTTP/1.", "http/1.1", "HTTP/11", "HTTP/1.10", "HTTPS/1.1", "WS/1.1", "HTTP/1.1 ", "", "HTTP/1.1 x"])
            yield return Make("version '" + version + "'", "400 MalformedHead", start: $"GET / {version}");
        foreach (string start in (string[])["GET  / HTTP/1.1", "GET /  HTTP/1.1", " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "GET / a HTTP/1.1", "GET /", "GET", "",
            "G\xCBT / HTTP/1.1", "GET /\xE9 HTTP/1.1", "GET /\0 HTTP/1.1", "GET /#f HTTP/1.1", "GET /\x7F HTTP/1.1", "GET HTTP/1.1", "\r\n\r\nGET / HTTP/1.1", "GET / HTTP/1.1\r"])
            yield return Make("start '" + start + "'", "400 MalformedHead", start: start);
        yield return Make("request line too long", "414 HeadTooLarge", start: $"GET /{new string('a', 9000)} HTTP/1.1");
        yield return Make("request line just fits", "ws", start: $"GET /{new string('a', 8192 - 16)} HTTP/1.1");
    }

    private static IEnumerable<HandshakeCase> Hosts()
    {
        yield return Make("no Host", "400 Host", host: null);
        yield return Make("two Hosts", "400 Host", host: "Host: a.com\r\nHost: a.com");
        yield return Make("two Hosts that differ", "400 Host", host: "Host: a.com\r\nHOST: b.com");
        foreach (string host in (string[])["A.COM", "a.com.", "a.com:1", "a.com:65535", "a.com:", "127.0.0.1:80", "[::1]", "[::1]:8080",
            "[::ffff:1.2.3.4]", "xn--bcher-kva.example", "a_b", "1", "a-b.c~d", " a.com "])
            yield return Make("Host " + host, "ws", host: "Host: " + host);
        foreach (string host in (string[])["", " ", "a.com:0", "a.com:65536", "a.com:99999", "a.com:x", "a.com:+1", "a.com:-1", "a.com: 80", "a.com:080000", "a b", "a,b", "u@a.com", "a.com/",
            "a.com?", "a.com#", "a.com\\b", "http://a.com", "[::1", "::1", "[]", "[1.2.3.4]", "[::1]x", "[::1%lo]", "[g::]", "[v1.a]", "a..b", ".", ".a", "a%2e", "a\xE9", "a:1:2", "a\tb", "*"])
            yield return Make("bad Host " + host, "400 Host", host: "Host: " + host);
    }

    private static IEnumerable<HandshakeCase> Upgrades()
    {
        foreach (string upgrade in (string[])["WebSocket", "WEBSOCKET", "h2c, websocket", "websocket,foo", ",websocket,", "  websocket\t", "foo\r\nupgrade: websocket"])
            yield return Make("Upgrade " + upgrade, "ws", upgrade: "Upgrade: " + upgrade);
        foreach (string upgrade in (string[])["", "h2c", "websockets", "websocket/13", "web socket", "\"websocket\"", "websocket;q=1", "xwebsocket"])
            yield return Make("no WebSocket in Upgrade " + upgrade, "plain", upgrade: "Upgrade: " + upgrade);
        foreach (string connection in (string[])["upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade,close", "keep-alive\r\nConnection: upgrade", "close,,upgrade"])
            yield return Make("Connection " + connection, "ws", connection: "Connection: " + connection);
        foreach (string connection in (string[])["", "close", "keep-alive", "Upgrade x", "Upgraded", "\"Upgrade\"", "Upgrade;", "close\r\nConnection: x"])
            yield return Make("bad Connection " + connection, "400 Connection", connection: "Connection: " + connection);
        yield return Make("no Connection", "400 Connection", connection: null);
    }

    private static IEnumerable<HandshakeCase> Bodies()
    {
        foreach (string length in (string[])["0", "00", "0, 0", "0\r\nContent-Length: 0"])
            yield return Make("Content-Length " + length, "ws", more: "Content-Length: " + length);
        foreach (string length in (string[])["1", "0, 1", "99999999999999999999999", "-0", "+0", "0x0", "", ",", "a", "0 0", "0\r\nContent-Length: 5", "0.0", "\xB2"])
            yield return Make("bad Content-Length " + length, "400 Body", more: "content-length: " + length);
        foreach (string encoding in (string[])["chunked", "identity", "", "gzip, chunked", "xchunked"])
            yield return Make("Transfer-Encoding " + encoding, "400 Body", more: "Transfer-Encoding: " + encoding);
        yield return Make("both lengths", "400 Body", more: "Content-Length: 0\r\nTransfer-Encoding: chunked");
    }

    private static IEnumerable<HandshakeCase> Versions()
    {
        foreach (string version in (string[])["", "0", "7", "8", "12", "14", "013", "13.0", "1 3", "+13", "13,8", "13, 13", "\"13\"", "0x0D", "13\r\nSec-WebSocket-Version: 8", "13\r\nsec-websocket-version: 13", "255", "99999999999"])
            yield return Make("version header " + version, "426 Version", version: "Sec-WebSocket-Version: " + version);
        yield return Make("no version header", "426 Version", version: null);
        yield return Make("spaces around the version", "ws", version: "sec-websocket-VERSION: \t13  ");
    }

    private static IEnumerable<HandshakeCase> Keys()
    {
        yield return Make("no key", "400 Key", key: null);
        yield return Make("two keys", "400 Key", key: $"Sec-WebSocket-Key: {Key}\r\nSec-WebSocket-Key: {Key}");
        yield return Make("key in any case", "ws", key: "SEC-WEBSOCKET-KEY:" + Key);
        foreach (string key in (string[])["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB==",
            "AAAAAAAAAAAAAAAAAAAAAA== x", "AAAAAAAAAA-_AAAAAAAAAA==", "AAAAAAAAAA AAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAA==,AAAAAAAAAAAAAAAAAAAAAA==", "\"AAAAAAAAAAAAAAAAAAAAAA\"", "AAAAAAAAAAAAAAAAAAAAA\xE9=="])
            yield return Make("bad key " + key, "400 Key", key: "Sec-WebSocket-Key: " + key);
    }

    private static IEnumerable<HandshakeCase> SubProtocols()
    {
        foreach (string value in (string[])["chat", "chat, superchat", "chat,,b", "v1.a!b", "A, a", "a\r\nSec-WebSocket-Protocol: b", "__proto__, constructor"])
            yield return Make("subprotocols " + value, "ws", more: "Sec-WebSocket-Protocol: " + value);
        foreach (string value in (string[])["", ",", "a b", "a, a", "a\r\nSec-WebSocket-Protocol: a", "\"a\"", "a/b", "a;b", "caf\xE9", "a,b c", "a:b", "a=b", "(a)", "a\tb"])
            yield return Make("bad subprotocols " + value, "400 SubProtocol", more: "Sec-WebSocket-Protocol: " + value);
    }

    private static IEnumerable<HandshakeCase> Extensions()
    {
        foreach (string value in (string[])["permessage-deflate", "permessage-deflate; client_max_window_bits", "a;b=\"c\", d", "x-webkit-deflate-frame", "a\r\nSec-WebSocket-Extensions: b", "a,,b"])
            yield return Make("extensions " + value, "ws", more: "Sec-WebSocket-Extensions: " + value);
        foreach (string value in (string[])["", ",", "a;b=\"", "a;b=\"c", "a b", "a;", "a;b=", "a=b", ";a", "a;b=\"c d\"", "a;b=\"c\r\nSec-WebSocket-Extensions: \"", "caf\xE9", "a;b=\"\\"])
            yield return Make("bad extensions " + value, "400 Extensions", more: "Sec-WebSocket-Extensions: " + value);
    }

    private static IEnumerable<HandshakeCase> Syntax()
    {
        foreach (string line in (string[])[" folded", "X: a\r\n b", "X : a", "X\t: a", ": a", "no colon", "X: a\rb", "X: a\nY: b", "X: a\0b", "X: \x01", "X: \x7F", "X\xE9: a", "X(: a", "X: a\r\r", "\n", "X y: a", "@: a"])
            yield return Make("line '" + line + "'", "400 MalformedHead", more: line);
        foreach (string line in (string[])["X:", "X:a", "X:\ta\tb \t", "X: \xE9\xFF\x80", "X: a:b;c=\"d", "!#$%&'*+-.^_`|~09azAZ: x", "Cookie: a=b; c=d", "Origin: http://evil.example"])
            yield return Make("good line '" + line + "'", "ws", more: line);
        yield return Make("128 headers", "ws", more: string.Join("\r\n", Enumerable.Repeat("X: y", 128 - 5)));
        yield return Make("129 headers", "431 HeadTooLarge", more: string.Join("\r\n", Enumerable.Repeat("X: y", 129 - 5)));
        yield return Make("33 KiB", "431 HeadTooLarge", more: "X: " + new string('y', 33 * 1024));
        yield return Make("2,000 headers", "431 HeadTooLarge", more: string.Join("\r\n", Enumerable.Repeat("X: y", 2000)));
        yield return new HandshakeCase("only LF", "GET / HTTP/1.1\nHost: a\n\n", "400 MalformedHead");
        yield return new HandshakeCase("TLS", "\x16\x03\x01\x00\xF4\x01\x00\x00\xF0\x03\x03", "400 MalformedHead");
        yield return new HandshakeCase("SSH", "SSH-2.0-OpenSSH_9.6\r\n", "400 MalformedHead");
        yield return new HandshakeCase("PROXY protocol", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n\r\n", "400 MalformedHead");
        yield return new HandshakeCase("a frame", "\x81\x85\x01\x02\x03\x04hello", "400 MalformedHead");
    }

    private static IEnumerable<HandshakeCase> Plain()
    {
        yield return new HandshakeCase("plain GET", "GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "plain");
        yield return new HandshakeCase("plain POST with a body", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "plain");
        yield return new HandshakeCase("plain HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", "plain");
        yield return new HandshakeCase("plain HTTP/1.0 with Host", "GET /a HTTP/1.0\r\nHost: a\r\n\r\n", "plain");
        yield return new HandshakeCase("plain HTTP/1.0 with a bad Host", "GET /a HTTP/1.0\r\nHost: a b\r\n\r\n", "400 Host");
        yield return new HandshakeCase("plain without Host", "GET /a HTTP/1.1\r\n\r\n", "400 Host");
        yield return new HandshakeCase("plain with two Hosts", "GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 Host");
        yield return new HandshakeCase("plain with a bad Host", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 Host");
        yield return new HandshakeCase("plain OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "plain");
        yield return new HandshakeCase("plain CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "400 Target");
        yield return new HandshakeCase("plain h2c", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n", "plain");
        yield return Make("a key but no Upgrade", "plain", upgrade: null);
    }
}
