namespace Sockeye.Protocol.Handshake;

/// <summary>What a request turned out to be.</summary>
internal enum ServerHandshakeKind : byte
{
    /// <summary>No WebSocket is asked for.</summary>
    PlainHttp,

    /// <summary>A valid WebSocket handshake.</summary>
    WebSocket,

    /// <summary>A request that must be refused.</summary>
    Rejected,
}
