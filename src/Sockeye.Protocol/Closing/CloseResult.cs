namespace Sockeye;

/// <summary>How a connection ended.</summary>
/// <param name="Code">
/// The code of the close frame that began the closing; <see cref="CloseCode.NoCode"/> if it carried none,
/// <see cref="CloseCode.Abnormal"/> if the link ended without an orderly close.
/// </param>
/// <param name="Reason">The reason in that frame, at most 123 bytes of UTF-8; empty if there was none, and with <see cref="CloseCode.Abnormal"/>.</param>
/// <param name="Initiator">Who began.</param>
/// <param name="IsClean">Whether both ends sent a close frame (RFC 6455 §7.1.4).</param>
public sealed record CloseResult(CloseCode Code, string Reason, CloseInitiator Initiator, bool IsClean)
{
    /// <summary>The code in the peer's close frame; null if none arrived.</summary>
    public CloseCode? ReceivedCode { get; init; }

    /// <summary>The rule that the peer broke, if that ended the connection.</summary>
    public Violation? Violation { get; init; }

    /// <summary>Why the link ended without an orderly close, in English, for people and logs; empty if the close was orderly.</summary>
    public string Cause { get; init; } = "";

    /// <summary>What broke the link, if that ended the connection.</summary>
    public Exception? Error { get; init; }
}
