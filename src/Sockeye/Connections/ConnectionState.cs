namespace Sockeye;

/// <summary>How far a connection has come.</summary>
public enum ConnectionState
{
    /// <summary>The opening handshake is under way.</summary>
    Connecting,

    /// <summary>Messages flow.</summary>
    Open,

    /// <summary>A close frame was sent or received; the rest of the closing is under way.</summary>
    Closing,

    /// <summary>The link is gone.</summary>
    Closed,
}
