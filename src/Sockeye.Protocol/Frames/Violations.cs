namespace Sockeye.Protocol.Frames;

/// <summary>Every way of breaking the framing rules, made once: failing a connection allocates nothing.</summary>
internal static class Violations
{
    public static readonly Violation ReservedBits = Protocol("§5.2", "a reserved bit is set that no extension uses");
    public static readonly Violation UnknownOpcode = Protocol("§5.2", "the opcode is reserved");
    public static readonly Violation FragmentedControl = Protocol("§5.5", "a control frame is fragmented");
    public static readonly Violation LongControl = Protocol("§5.5", "a control frame is longer than 125 bytes");
    public static readonly Violation NotMasked = Protocol("§5.1", "a client's frame is not masked");
    public static readonly Violation Masked = Protocol("§5.1", "a server's frame is masked");
    public static readonly Violation NotMinimal = Protocol("§5.2", "a length is not written in its shortest form");
    public static readonly Violation LengthTopBit = Protocol("§5.2", "the top bit of a 64-bit length is set");
    public static readonly Violation NothingToContinue = Protocol("§5.4", "a continuation without a message to continue");
    public static readonly Violation MessageInProgress = Protocol("§5.4", "a new message begins inside an unfinished one");
    public static readonly Violation ShortClose = Protocol("§5.5.1", "a close frame's body is one byte");
    public static readonly Violation BadCloseCode = Protocol("§7.4", "the close code must not be sent");
    public static readonly Violation BadCloseReason = new(CloseCode.InvalidPayload, "RFC 6455 §5.5.1", "the close reason is not valid UTF-8");
    public static readonly Violation BadText = new(CloseCode.InvalidPayload, "RFC 6455 §8.1", "a text message is not valid UTF-8");
    public static readonly Violation MessageTooBig = new(CloseCode.MessageTooBig, "RFC 6455 §10.4", "a message is larger than this end accepts");
    public static readonly Violation FrameTooBig = new(CloseCode.MessageTooBig, "RFC 6455 §10.4", "a frame is larger than this end accepts");
    public static readonly Violation TooManyFragments = new(CloseCode.PolicyViolation, "RFC 6455 §10.4", "a message has more fragments than this end accepts");

    public static readonly Violation BadDeflate = new(CloseCode.InvalidPayload, "RFC 7692 §7.2.2", "a compressed message is not valid DEFLATE data");
    public static readonly Violation Expands = new(CloseCode.MessageTooBig, "RFC 7692 §8", "a compressed message becomes larger than this end accepts");
    public static readonly Violation BadEarlyText = new(CloseCode.InvalidPayload, "hixie-76 §5.4", "a text message is not valid UTF-8");
    public static readonly Violation EndlessLength = new(CloseCode.ProtocolError, "hixie-76 §5.3", "a length has more than nine bytes");
    public static readonly Violation UnknownType = new(CloseCode.ProtocolError, "August 2010", "the frame's type is neither FF nor 00");

    private static Violation Protocol(string section, string message) =>
        new(CloseCode.ProtocolError, "RFC 6455 " + section, message);
}
