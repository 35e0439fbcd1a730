namespace Sockeye;

/// <summary>Why a server refused an opening handshake: one name per cause, for programs; the message is for people.</summary>
public enum HandshakeError
{
    /// <summary>The bytes are no HTTP/1 request head (RFC 9112). Status 400.</summary>
    MalformedHead,

    /// <summary>The head or its request line is over a limit. Status 431 or 414.</summary>
    HeadTooLarge,

    /// <summary>Not HTTP/1.x (status 505), or HTTP/1.0 for a WebSocket (status 400).</summary>
    HttpVersion,

    /// <summary>The request target has a form that this server does not serve (RFC 9112 §3.2). Status 400.</summary>
    Target,

    /// <summary>Host is missing, doubled, malformed, or not the one in the target (RFC 9112 §3.2). Status 400.</summary>
    Host,

    /// <summary>The method is not GET (RFC 6455 §4.2.1). Status 405.</summary>
    Method,

    /// <summary>Connection does not name the upgrade (RFC 6455 §4.2.1). Status 400.</summary>
    Connection,

    /// <summary>A body is announced; a handshake has none, and its bytes could be taken for frames. Status 400.</summary>
    Body,

    /// <summary>Sec-WebSocket-Version is missing, doubled, or none that is spoken (RFC 6455 §4.4). Status 426.</summary>
    Version,

    /// <summary>Sec-WebSocket-Key is missing, doubled, or not 16 bytes in base64 (RFC 6455 §4.2.1); or one of the two keys of hixie-76 is bad. Status 400.</summary>
    Key,

    /// <summary>Sec-WebSocket-Protocol is no list of different tokens (RFC 6455 §4.1). Status 400.</summary>
    SubProtocol,

    /// <summary>Sec-WebSocket-Extensions breaks its grammar (RFC 6455 §9.1). Status 400.</summary>
    Extensions,

    /// <summary>The server insists on a subprotocol, and those that the client offers are others. Status 400.</summary>
    NoCommonSubProtocol,

    /// <summary>The page that asks comes from a site that may not (RFC 6455 §10.2). Status 403.</summary>
    OriginNotAllowed,

    /// <summary>The host asked for is not one this listener answers for. Status 421.</summary>
    HostNotAllowed,

    /// <summary>No WebSocket is served at this path. Status 404.</summary>
    Path,

    /// <summary>The request, or the application's answer to it, took too long. Status 408 or 503.</summary>
    Timeout,

    /// <summary>The server is full or stopping (status 503), or failed to decide (status 500).</summary>
    Unavailable,

    /// <summary>The server insists on a subprotocol, and the client offers none at all. Status 400.</summary>
    NoSubProtocolOffered,

    /// <summary>The client offers a subprotocol, though the server serves none and was told to refuse that. Status 400.</summary>
    SubProtocolOffered,

    /// <summary>No WebSocket is asked for: a plain HTTP request. Status 426.</summary>
    NoUpgrade,
}
