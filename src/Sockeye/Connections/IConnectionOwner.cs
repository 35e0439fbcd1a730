namespace Sockeye.Connections;

/// <summary>Whom a connection's parts tell what concerns the whole.</summary>
internal interface IConnectionOwner
{
    /// <summary>The application caught up: reading may go on. Called by the inbox without its gate.</summary>
    void ResumeReading();

    /// <summary>A receiver has nothing more to do: it waits, and nothing is there. Called by the inbox without its gate.</summary>
    void ReceiverIdle();

    /// <summary>All that was queued is written. Called with the door held.</summary>
    void BacklogDrained();

    /// <summary>The link did not take everything: from now on the peer has to be watched. Called without the door.</summary>
    void BacklogStalled();

    /// <summary>The peer is too slow, and the policy is to close its connection. Called without the door.</summary>
    void BacklogOverflowed();
}
