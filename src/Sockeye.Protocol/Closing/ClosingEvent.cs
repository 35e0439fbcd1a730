namespace Sockeye.Protocol.Closing;

/// <summary>What can happen to a connection, as far as closing it is concerned.</summary>
internal enum ClosingEvent : byte
{
    /// <summary>A part of a message arrived.</summary>
    Data,

    /// <summary>A ping arrived.</summary>
    Ping,

    /// <summary>A pong arrived.</summary>
    Pong,

    /// <summary>The peer's close frame arrived.</summary>
    PeerClose,

    /// <summary>The peer broke a rule.</summary>
    Violation,

    /// <summary>The application asks for an orderly close.</summary>
    LocalClose,

    /// <summary>The peer does not answer pings, or takes nothing of what is sent.</summary>
    PeerSilent,

    /// <summary>The time for an orderly close is over, or the peer sent too much meanwhile.</summary>
    Deadline,

    /// <summary>The application gives the connection up at once.</summary>
    Abort,

    /// <summary>The link ended: the peer sends no more, or it failed.</summary>
    LinkEnded,
}
