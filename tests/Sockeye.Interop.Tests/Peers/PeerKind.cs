namespace Sockeye.Interop.Tests.Peers;

/// <summary>Whose WebSocket end it is.</summary>
public enum PeerKind
{
    /// <summary>The ws package of Node.js.</summary>
    Node,

    /// <summary>Python's websockets.</summary>
    Python,

    /// <summary>The websocket-driver package of Node.js, which speaks the drafts of 2010 and 2011 too. Only a server.</summary>
    Drafts,
}
