namespace Sockeye.Protocol.Closing;

/// <summary>How far a connection's end has come. The names tell what happened, not what to do.</summary>
internal enum ClosingState : byte
{
    /// <summary>Messages flow both ways.</summary>
    Open,

    /// <summary>We sent a close frame; the peer's is awaited, and its messages are dropped.</summary>
    ClosedByUs,

    /// <summary>The peer's close frame came and was answered; nothing is left but the link.</summary>
    ClosedByPeer,

    /// <summary>We sent a close frame and the peer answered it; nothing is left but the link.</summary>
    Acknowledged,

    /// <summary>The peer broke a rule: it was told, and whatever it still sends is discarded unread.</summary>
    Failed,

    /// <summary>The link is gone.</summary>
    Ended,
}
