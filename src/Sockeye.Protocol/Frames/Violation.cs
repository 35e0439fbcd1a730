namespace Sockeye;

/// <summary>A rule that the peer broke: what a connection is failed with. A value, never an exception.</summary>
/// <param name="Code">The close code that tells the peer (RFC 6455 §7.4.1).</param>
/// <param name="Section">The rule's place, such as <c>RFC 6455 §5.5</c>.</param>
/// <param name="Message">What happened, in plain words. It is the reason of the close frame: at most 123 bytes of UTF-8.</param>
public sealed record Violation(CloseCode Code, string Section, string Message);
