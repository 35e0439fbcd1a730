namespace Sockeye.Interop.Tests.Peers;

/// <summary>Whose WebSocket end it is.</summary>
public enum PeerKind
{
    /// <summary>The ws package of Node.js.</summary>
    Node,

    /// <summary>Python's websockets.</summary>
    Python,
}
