namespace Sockeye;

/// <summary>Why a client did not take a server's answer for an open WebSocket (RFC 6455 §4.1): one name per cause.</summary>
public enum ClientHandshakeError
{
    /// <summary>The answer was right.</summary>
    None,

    /// <summary>The status is not 101: the server said no, redirects, or is no WebSocket server.</summary>
    Status,

    /// <summary>Status 101 by way of HTTP/1.0, which knows no upgrade.</summary>
    HttpVersion,

    /// <summary>Upgrade is not "websocket", once.</summary>
    Upgrade,

    /// <summary>Connection does not list "Upgrade".</summary>
    Connection,

    /// <summary>Sec-WebSocket-Accept is missing, doubled, or not the answer to our key; or the sixteen bytes of hixie-76 are not.</summary>
    Accept,

    /// <summary>Sec-WebSocket-Protocol is doubled, or names what we did not offer.</summary>
    SubProtocol,

    /// <summary>Sec-WebSocket-Extensions is doubled, malformed, or names what we did not offer.</summary>
    Extensions,

    /// <summary>The origin that the server repeats is not ours (hixie-75, hixie-76).</summary>
    Origin,

    /// <summary>The location that the server names is not the address we asked for (hixie-75, hixie-76).</summary>
    Location,
}
