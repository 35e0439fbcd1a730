namespace Sockeye;

/// <summary>What happens to a message that does not fit the backlog of a peer that reads too slowly.</summary>
public enum SlowPeerPolicy
{
    /// <summary>The send waits until it fits: the sender goes at the peer's pace. The default.</summary>
    Wait,

    /// <summary>The message is dropped and counted (<see cref="WebSocketConnection.DroppedMessages"/>); the send completes at once.</summary>
    DropNewest,

    /// <summary>The connection is closed with 1008 (<see cref="CloseCode.PolicyViolation"/>).</summary>
    Close,
}
