namespace Sockeye;

/// <summary>Who began to close a connection.</summary>
public enum CloseInitiator
{
    /// <summary>Nobody: the link broke.</summary>
    None,

    /// <summary>This end.</summary>
    Local,

    /// <summary>The peer.</summary>
    Remote,
}
