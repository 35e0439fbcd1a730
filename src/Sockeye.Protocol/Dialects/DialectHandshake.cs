using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;

namespace Sockeye.Protocol.Dialects;

/// <summary>The server's side of every dialect's handshake: which row a request speaks, what its handshake says of it, and the answer.</summary>
internal static class DialectHandshake
{
    /// <summary>
    /// Which row of those spoken a request head speaks. Null if it asks for no WebSocket, or for one that is not spoken: then the
    /// handshake of RFC 6455 judges it, whose refusal names the versions that are.
    /// </summary>
    public static Dialect? Detect(RequestHead head, WebSocketDialects spoken)
    {
        if (!head.HasToken("upgrade"u8, "websocket"u8)) return null;
        if (head.Contains("Sec-WebSocket-Version") || head.Contains("Sec-WebSocket-Key"))
            return head.TryGetSingle("sec-websocket-version"u8, out ReadOnlySpan<byte> version) ? OfVersion(version, spoken) : null;
        if (head.Contains("Sec-WebSocket-Key1") || head.Contains("Sec-WebSocket-Key2"))
        {
            // hybi-01 to hybi-03 have this handshake and other frames; those that have a number for themselves say it here.
            bool later = head["Sec-WebSocket-Draft"] is { } draft && draft != "0";
            return later ? null : Spoken(HandshakeKind.Challenge, spoken);
        }

        return Spoken(HandshakeKind.HeadsOnly, spoken);
    }

    /// <summary>Tells a handshake from plain HTTP and from what must be refused. Throws nothing, whatever the head.</summary>
    /// <param name="head">The request.</param>
    /// <param name="spoken">The dialects that are spoken.</param>
    /// <param name="dialect">The dialect of a good handshake; of no other a promise.</param>
    public static ServerHandshakeResult Examine(RequestHead head, WebSocketDialects spoken, out Dialect dialect)
    {
        dialect = Dialect.Rfc6455;
        if (spoken == WebSocketDialects.Rfc6455) return ServerHandshake.Examine(head);
        Dialect? row = Detect(head, spoken);
        dialect = row ?? dialect;
        return row?.Handshake switch
        {
            HandshakeKind.Challenge => Hixie76Handshake.Examine(head),
            HandshakeKind.HeadsOnly => Hixie75Handshake.Examine(head),
            _ => ServerHandshake.Examine(head, Versions(spoken)),
        };
    }

    /// <summary>The answer's head.</summary>
    /// <exception cref="ArgumentException">A header is malformed or belongs to the handshake.</exception>
    public static byte[] BuildResponse(
        Dialect dialect, RequestHead head, bool secure, string? subProtocol, string? extensions, IEnumerable<KeyValuePair<string, string>>? headers) =>
        WriteResponse(dialect, head, secure, subProtocol, extensions, headers).End();

    /// <inheritdoc cref="BuildResponse"/>
    public static HeadWriter WriteResponse(
        Dialect dialect, RequestHead head, bool secure, string? subProtocol, string? extensions, IEnumerable<KeyValuePair<string, string>>? headers)
    {
        switch (dialect.Handshake)
        {
            case HandshakeKind.Challenge: return Hixie76Handshake.WriteResponse(head, secure, subProtocol, headers);
            case HandshakeKind.HeadsOnly: return Hixie75Handshake.WriteResponse(head, secure, subProtocol, headers);
            default:
                head.TryGetSingle("sec-websocket-key"u8, out ReadOnlySpan<byte> key);
                return ServerHandshake.WriteResponse(key, subProtocol, extensions, headers);
        }
    }

    /// <summary>The versions of those spoken that have one, the newest first.</summary>
    public static IReadOnlyList<int> Versions(WebSocketDialects spoken) =>
        [.. Dialect.Table.Where(row => row.Version > 0 && spoken.HasFlag(row.Name)).Select(row => row.Version)];

    private static Dialect? OfVersion(ReadOnlySpan<byte> version, WebSocketDialects spoken)
    {
        foreach (Dialect row in Dialect.Table)
            if (row.Version > 0 && spoken.HasFlag(row.Name) && System.Text.Encoding.ASCII.GetString(version) == $"{row.Version}") return row;
        return null;
    }

    private static Dialect? Spoken(HandshakeKind kind, WebSocketDialects spoken) =>
        Dialect.Table.FirstOrDefault(row => row.Handshake == kind && spoken.HasFlag(row.Name));
}
