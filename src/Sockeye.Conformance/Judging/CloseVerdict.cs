namespace Sockeye.Conformance.Judging;

/// <summary>How the connection of a case ended.</summary>
public enum CloseVerdict
{
    /// <summary>As it should.</summary>
    Ok,

    /// <summary>The standard leaves it open, or the case is not about it.</summary>
    Informational,

    /// <summary>Without the closing handshake that was due (RFC 6455 §7.1.4).</summary>
    Unclean,

    /// <summary>With another close code than those allowed.</summary>
    WrongCode,

    /// <summary>The peer, a server, did not close TCP after the closing handshake (RFC 6455 §7.1.1).</summary>
    LeftOpen,

    /// <summary>The peer did not end what it had to.</summary>
    Fail,
}
