using System.Globalization;
using System.Text;
using Sockeye.Protocol.Extensions;
using Sockeye.Protocol.Http;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Handshake;

/// <summary>The server's side of the opening handshake (RFC 6455 §4.2).</summary>
internal static class ServerHandshake
{
    /// <summary>The versions that are served unless others are named.</summary>
    private static readonly int[] s_rfc6455 = [13];

    /// <summary>Tells a WebSocket handshake from plain HTTP and from what must be refused. Throws nothing, whatever the head.</summary>
    /// <param name="head">The request.</param>
    /// <param name="versions">The values of Sec-WebSocket-Version that are served; 13 alone if null.</param>
    public static ServerHandshakeResult Examine(RequestHead head, IReadOnlyList<int>? versions = null)
    {
        if (CheckRequest(head, out bool upgrade) is { } refused) return refused;
        if (!upgrade) return ServerHandshakeResult.PlainHttp();
        if (CheckNoBody(head, "0"u8) is { } body) return body;
        if (CheckVersion(head, versions ?? s_rfc6455) is { } version) return version;
        if (CheckKey(head) is { } key) return key;
        if (!TryReadSubProtocols(head, out IReadOnlyList<string> subProtocols, out HandshakeRejection? refusal)) return refusal!;
        if (!TryReadExtensions(head, out IReadOnlyList<ExtensionOffer> extensions))
            return Bad(HandshakeError.Extensions, "The Sec-WebSocket-Extensions header is not a list of extensions and parameters.");
        return ServerHandshakeResult.WebSocket(head, subProtocols, extensions);
    }

    /// <summary>What every dialect asks of a request: its form, its host, and how it names the upgrade, if it asks for one.</summary>
    public static HandshakeRejection? CheckRequest(RequestHead head, out bool upgrade)
    {
        upgrade = false;
        if (CheckTarget(head) is { } badTarget) return badTarget;
        upgrade = head.HasToken("upgrade"u8, "websocket"u8);
        if (upgrade && head.MinorVersion < 1)
            return Bad(HandshakeError.HttpVersion, "A WebSocket handshake needs HTTP/1.1; this request says HTTP/1.0.");
        if (CheckHost(head) is { } badHost) return badHost;
        if (!upgrade) return null;

        if (!head.MethodBytes.SequenceEqual("GET"u8))
            return new HandshakeRejection(HandshakeError.Method, 405, "A WebSocket handshake uses the method GET.", new KeyValuePair<string, string>("Allow", "GET"));
        if (!head.HasToken("connection"u8, "upgrade"u8))
            return Bad(HandshakeError.Connection, "The Connection header does not list 'Upgrade' next to 'Upgrade: websocket'; a proxy in between may have removed it.");
        return null;
    }

    /// <summary>The answer that opens the WebSocket (RFC 6455 §4.2.2).</summary>
    /// <param name="key">The client's valid key.</param>
    /// <param name="subProtocol">The one chosen among those offered; null for none.</param>
    /// <param name="extensions">The Sec-WebSocket-Extensions value agreed to; null for none.</param>
    /// <param name="headers">The application's headers, such as Set-Cookie.</param>
    /// <exception cref="ArgumentException">A header is malformed or belongs to the handshake.</exception>
    public static byte[] BuildResponse(ReadOnlySpan<byte> key, string? subProtocol, string? extensions, IEnumerable<KeyValuePair<string, string>>? headers = null) =>
        WriteResponse(key, subProtocol, extensions, headers).End();

    /// <inheritdoc cref="BuildResponse"/>
    public static HeadWriter WriteResponse(ReadOnlySpan<byte> key, string? subProtocol, string? extensions, IEnumerable<KeyValuePair<string, string>>? headers)
    {
        Span<byte> accept = stackalloc byte[AcceptKey.Length];
        AcceptKey.Compute(key, accept);
        HeadWriter head = HeadWriter.Response(101)
            .Own("Upgrade"u8, "websocket"u8)
            .Own("Connection"u8, "Upgrade"u8)
            .Own("Sec-WebSocket-Accept"u8, accept);
        if (subProtocol is not null) head.Field("Sec-WebSocket-Protocol", subProtocol);
        if (extensions is not null) head.Field("Sec-WebSocket-Extensions", extensions);
        foreach ((string name, string value) in headers ?? [])
        {
            HandshakeHeaders.ThrowIfReserved(name, nameof(headers));
            head.Field(name, value);
        }
        return head;
    }

    /// <summary>The four forms of RFC 9112 §3.2, less the one for proxies.</summary>
    private static HandshakeRejection? CheckTarget(RequestHead head)
    {
        ReadOnlySpan<byte> target = head.TargetBytes;
        if (target[0] == '/') return null;
        if (target.SequenceEqual("*"u8) && head.MethodBytes.SequenceEqual("OPTIONS"u8)) return null;
        if (head.TryGetAbsolute(out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> authority)
            && DefaultPorts.Of(scheme) > 0 && Authority.TryParse(authority, out _))
            return null;
        return Bad(HandshakeError.Target, "The request target must be a path that starts with '/'.");
    }

    private static HandshakeRejection? CheckHost(RequestHead head)
    {
        switch (head.CountOf("host"u8))
        {
            case 0 when head.MinorVersion < 1: return null; // HTTP/1.0 did not know Host yet
            case 0: return Bad(HandshakeError.Host, "The Host header is missing.");
            case > 1: return Bad(HandshakeError.Host, "The Host header came more than once.");
        }
        head.TryGetSingle("host"u8, out ReadOnlySpan<byte> value);
        if (!Authority.TryParse(value, out Authority host))
            return Bad(HandshakeError.Host, "The Host header is not a host name or address with an optional port.");
        // RFC 9112 §3.2.2 lets the target win; we refuse instead, so that no two readers of this request can see two hosts.
        if (!head.TryGetAbsolute(out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> text)) return null;
        int standard = DefaultPorts.Of(scheme);
        bool same = Authority.TryParse(text, out Authority target) && Authority.SameHost(host.Host, target.Host)
            && (host.Port < 0 ? standard : host.Port) == (target.Port < 0 ? standard : target.Port);
        return same ? null : Bad(HandshakeError.Host, "The Host header and the request target name different hosts.");
    }

    /// <summary>A body would be read as frames by one party and as a request by another: no body, then, not even an announced one.</summary>
    /// <param name="head">The request.</param>
    /// <param name="allowed">A length that may be announced all the same, in digits; besides, zero may.</param>
    public static HandshakeRejection? CheckNoBody(RequestHead head, ReadOnlySpan<byte> allowed)
    {
        if (head.Find("transfer-encoding"u8, 0) >= 0)
            return Bad(HandshakeError.Body, "A WebSocket handshake has no body: remove the Transfer-Encoding header.");
        ReadOnlySpan<byte> name = "content-length"u8;
        for (int i = head.Find(name, 0); i >= 0; i = head.Find(name, i + 1))
        {
            bool any = false;
            foreach (ReadOnlySpan<byte> length in AsciiTokens.Elements(head.ValueAt(i)))
            {
                any = true;
                if (!AsciiTokens.IsDigits(length)) return Bad(HandshakeError.Body, "The Content-Length header is not a number.");
                if (length.IndexOfAnyExcept((byte)'0') >= 0 && !length.SequenceEqual(allowed))
                    return Bad(HandshakeError.Body, "A WebSocket handshake has no body: remove the Content-Length header.");
            }
            if (!any) return Bad(HandshakeError.Body, "The Content-Length header is not a number.");
        }
        return null;
    }

    private static HandshakeRejection? CheckVersion(RequestHead head, IReadOnlyList<int> versions)
    {
        if (head.TryGetSingle("sec-websocket-version"u8, out ReadOnlySpan<byte> version)
            && AsciiTokens.IsDigits(version) && version[0] != '0'
            && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && versions.Contains(number))
            return null;
        string list = string.Join(", ", versions);
        string must = versions.Count switch { 0 => "", 1 => $": it must be {list}", _ => $": it must be one of {list}" };
        string message = head.CountOf("sec-websocket-version"u8) switch
        {
            0 => $"The Sec-WebSocket-Version header is missing{must}.",
            1 => $"The Sec-WebSocket-Version header names a version that is not supported{must}.",
            _ => $"The Sec-WebSocket-Version header came more than once{must}, once.",
        };
        // RFC 6455 §4.4 wants the versions named; RFC 9110 §15.5.22 wants Upgrade on every 426.
        var upgrade = new KeyValuePair<string, string>("Upgrade", "websocket");
        return versions.Count == 0
            ? new HandshakeRejection(HandshakeError.Version, 426, message, upgrade)
            : new HandshakeRejection(HandshakeError.Version, 426, message, upgrade, new KeyValuePair<string, string>("Sec-WebSocket-Version", list));
    }

    private static HandshakeRejection? CheckKey(RequestHead head)
    {
        if (head.TryGetSingle("sec-websocket-key"u8, out ReadOnlySpan<byte> key))
            return AcceptKey.IsValidKey(key) ? null : Bad(HandshakeError.Key, "The Sec-WebSocket-Key header is not 16 bytes in base64.");
        return Bad(HandshakeError.Key, head.CountOf("sec-websocket-key"u8) == 0
            ? "The Sec-WebSocket-Key header is missing."
            : "The Sec-WebSocket-Key header came more than once.");
    }

    private static bool TryReadSubProtocols(RequestHead head, out IReadOnlyList<string> subProtocols, out HandshakeRejection? refusal)
    {
        subProtocols = [];
        refusal = null;
        ReadOnlySpan<byte> name = "sec-websocket-protocol"u8;
        int first = head.Find(name, 0);
        if (first < 0) return true;

        var offered = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal); // a search of the list instead would be quadratic in the head's length
        for (int i = first; i >= 0; i = head.Find(name, i + 1))
        {
            foreach (ReadOnlySpan<byte> element in AsciiTokens.Elements(head.ValueAt(i)))
            {
                string text = AsciiTokens.IsToken(element) ? Encoding.ASCII.GetString(element) : "";
                if (text.Length == 0) refusal = Bad(HandshakeError.SubProtocol, "The Sec-WebSocket-Protocol header has an element that is not a token.");
                else if (!seen.Add(text)) refusal = Bad(HandshakeError.SubProtocol, "The Sec-WebSocket-Protocol header names a subprotocol twice.");
                if (refusal is not null) return false;
                offered.Add(text);
            }
        }
        if (offered.Count == 0) refusal = Bad(HandshakeError.SubProtocol, "The Sec-WebSocket-Protocol header is empty.");
        subProtocols = offered;
        return refusal is null;
    }

    private static bool TryReadExtensions(RequestHead head, out IReadOnlyList<ExtensionOffer> extensions)
    {
        extensions = [];
        ReadOnlySpan<byte> name = "sec-websocket-extensions"u8;
        int first = head.Find(name, 0);
        if (first < 0) return true;

        var offers = new List<ExtensionOffer>();
        extensions = offers;
        for (int i = first; i >= 0; i = head.Find(name, i + 1))
            if (!ExtensionParser.TryParse(head.ValueAt(i), offers)) return false;
        return offers.Count > 0;
    }

    private static HandshakeRejection Bad(HandshakeError error, string message) => new(error, 400, message);
}
