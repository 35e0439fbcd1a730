namespace Sockeye;

/// <summary>What holds for one message that is sent.</summary>
[Flags]
public enum MessageFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>The message is sent as it is where others are compressed: for secrets, and for what is compressed already.</summary>
    DisableCompression = 1,
}
