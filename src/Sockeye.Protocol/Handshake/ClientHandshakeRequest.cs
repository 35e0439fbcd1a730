namespace Sockeye.Protocol.Handshake;

/// <summary>What a client asks for. Everything in it is checked when the request is built.</summary>
internal sealed record ClientHandshakeRequest
{
    /// <summary>ws, wss, http or https; absolute, without fragment (RFC 6455 §3). User information becomes Basic credentials.</summary>
    public required Uri Uri { get; init; }

    /// <summary>Sec-WebSocket-Version: 13, or that of a draft of 2011, whose origin header has another name.</summary>
    public int Version { get; init; } = 13;

    /// <summary>Subprotocols, most wanted first: different tokens.</summary>
    public IReadOnlyList<string> SubProtocols { get; init; } = [];

    /// <summary>The Sec-WebSocket-Extensions value to offer; null for none.</summary>
    public string? Extensions { get; init; }

    public string? Origin { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>The Cookie value: "a=1; b=2"; null for none.</summary>
    public string? Cookies { get; init; }

    /// <summary>More headers, Host among them if it is to be another; not the handshake's own.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers { get; init; } = [];
}
