namespace Sockeye.Cli.Benching;

/// <summary>What a run does to the server.</summary>
internal enum BenchMode
{
    /// <summary>Messages that come back as they are.</summary>
    Echo,

    /// <summary>Connect, close, again.</summary>
    Handshake,

    /// <summary>Connections that are only there, and answer pings.</summary>
    Idle,

    /// <summary>One sends, all others receive it.</summary>
    Broadcast,
}
