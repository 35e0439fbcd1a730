namespace Sockeye.Protocol.Dialects;

/// <summary>How a dialect's opening handshake goes.</summary>
internal enum HandshakeKind : byte
{
    /// <summary>Sec-WebSocket-Key and its Accept (hybi-07 to RFC 6455).</summary>
    AcceptKey,

    /// <summary>Two keys in the head, eight bytes behind it, sixteen bytes behind the answer's head.</summary>
    Challenge,

    /// <summary>Heads alone, and no proof.</summary>
    HeadsOnly,
}
