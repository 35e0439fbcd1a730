namespace Sockeye.Conformance.Wire;

/// <summary>What a peer can do.</summary>
internal enum PeerEventKind
{
    Text,
    Binary,
    Ping,
    Pong,
    Close,

    /// <summary>It ended its side of the TCP connection, in order or by a reset.</summary>
    Ended,

    /// <summary>It sent what no peer may send.</summary>
    Fault,

    /// <summary>Nothing came in time.</summary>
    Silence,
}
