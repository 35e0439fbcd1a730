namespace Sockeye.Conformance.Cases;

/// <summary>Answers of a server: good ones, and those that a client must not take.</summary>
internal static class OpeningResponses
{
    private const string Reference = "RFC 6455 §4.1";

    public static IReadOnlyList<OpeningSample> Valid { get; } =
    [
        With("as in the standard", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: {0}"),
        With("with names and tokens in other cases", "UPGRADE: WebSocket", "connection: upgrade", "sec-websocket-accept: {0}"),
        With("with more tokens in Connection", "Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Accept: {0}"),
        With("with other headers", "Server: judge", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: {0}", "X-Empty:"),
        With("with spaces around values", "Upgrade:   websocket  ", "Connection:Upgrade", "Sec-WebSocket-Accept:\t{0} "),
        new("with another reason phrase", Reference, (accept, _) => $"HTTP/1.1 101 Fine\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"),
    ];

    public static IReadOnlyList<OpeningSample> Wrong { get; } =
    [
        With("without Upgrade", "Connection: Upgrade", "Sec-WebSocket-Accept: {0}"),
        With("without Connection", "Upgrade: websocket", "Sec-WebSocket-Accept: {0}"),
        With("without Sec-WebSocket-Accept", "Upgrade: websocket", "Connection: Upgrade"),
        With("that upgrades to another protocol", "Upgrade: h2c", "Connection: Upgrade", "Sec-WebSocket-Accept: {0}"),
        With("whose Connection lacks Upgrade", "Upgrade: websocket", "Connection: keep-alive", "Sec-WebSocket-Accept: {0}"),
        With("with the key in place of the accept value", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: {1}"),
        With("with another accept value", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        With("with an empty accept value", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept:"),
        With("with an extension that was not offered", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: {0}", "Sec-WebSocket-Extensions: x-judge"),
        With("with a subprotocol that was not offered", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: {0}", "Sec-WebSocket-Protocol: x-judge"),
        Status("200 OK"), Status("400 Bad Request"), Status("403 Forbidden"), Status("404 Not Found"), Status("426 Upgrade Required"), Status("500 Internal Server Error"),
        new("that is not HTTP", "RFC 9112 §4", (_, _) => "SSH-2.0-judge\r\n\r\n"),
        new("in HTTP/1.0", Reference, (accept, _) => $"HTTP/1.0 200 OK\r\nSec-WebSocket-Accept: {accept}\r\nContent-Length: 0\r\n\r\n"),
    ];

    private static OpeningSample With(string what, params string[] headers) => new(
        what, Reference,
        (accept, key) => "HTTP/1.1 101 Switching Protocols\r\n"
            + string.Concat(headers.Select(header => header.Replace("{0}", accept, StringComparison.Ordinal).Replace("{1}", key, StringComparison.Ordinal) + "\r\n")) + "\r\n");

    private static OpeningSample Status(string status) => new(
        $"with {status}", Reference, (accept, _) => $"HTTP/1.1 {status}\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Accept: {accept}\r\nContent-Length: 0\r\n\r\n");
}
