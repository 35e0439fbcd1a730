namespace Sockeye;

/// <summary>Close codes (RFC 6455 §7.4.1 and the IANA registry). 3000 to 4999 are free to applications: cast the number.</summary>
#pragma warning disable CA1008 // zero is not a close code: 0 to 999 are never used (RFC 6455 §7.4.2)
public enum CloseCode
#pragma warning restore CA1008
{
    /// <summary>1000: the purpose of the connection is fulfilled.</summary>
    Normal = 1000,

    /// <summary>1001: an end is going away: a server that stops, a page that is left.</summary>
    GoingAway = 1001,

    /// <summary>1002: the peer broke a rule of the protocol.</summary>
    ProtocolError = 1002,

    /// <summary>1003: a type of data arrived that this end cannot accept.</summary>
    UnsupportedData = 1003,

    /// <summary>1005: the peer's close frame carried no code. Never sent.</summary>
    NoCode = 1005,

    /// <summary>1006: the link ended without a close frame. Never sent.</summary>
    Abnormal = 1006,

    /// <summary>1007: data that does not fit its type, such as bad UTF-8 in a text message.</summary>
    InvalidPayload = 1007,

    /// <summary>1008: a policy was violated; the code to use where none fits better.</summary>
    PolicyViolation = 1008,

    /// <summary>1009: a message is larger than this end accepts.</summary>
    MessageTooBig = 1009,

    /// <summary>1010: the client needed an extension that the server did not negotiate.</summary>
    MandatoryExtension = 1010,

    /// <summary>1011: something unexpected stopped this end from going on.</summary>
    InternalError = 1011,

    /// <summary>1012: the service restarts; come back in a moment.</summary>
    ServiceRestart = 1012,

    /// <summary>1013: overload; come back later.</summary>
    TryAgainLater = 1013,

    /// <summary>1014: a gateway got a bad answer from the server behind it.</summary>
    BadGateway = 1014,

    /// <summary>1015: the TLS handshake failed. Never sent.</summary>
    TlsHandshake = 1015,
}
