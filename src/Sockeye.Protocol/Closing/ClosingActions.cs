namespace Sockeye.Protocol.Closing;

/// <summary>What is owed after an event.</summary>
[Flags]
internal enum ClosingActions : byte
{
    /// <summary>Nothing: what came is dropped.</summary>
    None = 0,

    /// <summary>Hand it to the application.</summary>
    Deliver = 1,

    /// <summary>Answer the ping.</summary>
    SendPong = 2,

    /// <summary>Send a close frame: the application's, the violation's, or the peer's code echoed.</summary>
    SendClose = 4,

    /// <summary>Send no more after what is queued, and discard what still comes until the peer ends too.</summary>
    ShutdownSend = 8,

    /// <summary>The close must be over within the close timeout from now.</summary>
    StartDeadline = 16,

    /// <summary>Cut the link.</summary>
    Cut = 32,
}
