namespace Sockeye.Tests.Protocol.Support;

/// <summary>
/// What RFC 6455 says of a frame's first two bytes, written from its text. Where one byte breaks several rules,
/// the first of them here is the one to be told.
/// </summary>
internal static class HeadOracle
{
    public enum Rule
    {
        ReservedOpcode,
        ReservedBit,
        FragmentedControl,
        NothingToContinue,
        MessageInProgress,
        Unmasked,
        Masked,
        LongControl,
        OneByteClose,
    }

    // The rule, its section, and words that the violation says it with. Each fails the connection with 1002 (§7.4.1).
    private static readonly Dictionary<Rule, (string Section, string Words)> Texts = new()
    {
        [Rule.ReservedOpcode] = ("RFC 6455 §5.2", "opcode"),
        [Rule.ReservedBit] = ("RFC 6455 §5.2", "reserved bit"),
        [Rule.FragmentedControl] = ("RFC 6455 §5.5", "fragmented"),
        [Rule.NothingToContinue] = ("RFC 6455 §5.4", "continuation without"),
        [Rule.MessageInProgress] = ("RFC 6455 §5.4", "inside an unfinished"),
        [Rule.Unmasked] = ("RFC 6455 §5.1", "not masked"),
        [Rule.Masked] = ("RFC 6455 §5.1", "server's frame is masked"),
        [Rule.LongControl] = ("RFC 6455 §5.5", "125"),
        [Rule.OneByteClose] = ("RFC 6455 §5.5.1", "one byte"),
    };

    public static Rule? First(byte b, bool inMessage, byte negotiatedBits)
    {
        int opcode = b % 16;
        bool control = opcode is 8 or 9 or 10;

        // §5.2: "%x3-7 are reserved for further non-control frames", "%xB-F are reserved for further control frames"
        if (opcode is 3 or 4 or 5 or 6 or 7 or 11 or 12 or 13 or 14 or 15)
        {
            return Rule.ReservedOpcode;
        }

        // §5.2: "MUST be 0 unless an extension is negotiated"; RFC 7692 §6: its bit belongs to a message's first frame
        foreach (int bit in (ReadOnlySpan<int>)[0x40, 0x20, 0x10])
        {
            bool meant = (negotiatedBits & bit) != 0 && (opcode is 1 or 2);
            if ((b & bit) != 0 && !meant)
            {
                return Rule.ReservedBit;
            }
        }

        // §5.5: "All control frames [...] MUST NOT be fragmented."
        if (control && b < 128)
        {
            return Rule.FragmentedControl;
        }

        // §5.4: a message is one first frame and its continuations; fragments of two messages are not interleaved
        return opcode == 0 && !inMessage ? Rule.NothingToContinue
            : opcode is 1 or 2 && inMessage ? Rule.MessageInProgress
            : null;
    }

    public static Rule? Second(byte first, byte b, bool server)
    {
        // §5.1: "The server MUST close the connection upon receiving a frame that is not masked", and the client upon one that is
        if (server != b >= 128)
        {
            return server ? Rule.Unmasked : Rule.Masked;
        }

        // §5.5: "All control frames MUST have a payload length of 125 bytes or less"
        if (first % 16 >= 8 && b % 128 > 125)
        {
            return Rule.LongControl;
        }

        // §5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer"
        return first % 16 == 8 && b % 128 == 1 ? Rule.OneByteClose : null;
    }

    public static bool Is(Rule? rule, Violation? violation) =>
        rule is { } broken
            ? violation?.Code == CloseCode.ProtocolError && violation.Section == Texts[broken].Section && violation.Message.Contains(Texts[broken].Words, StringComparison.Ordinal)
            : violation is null;
}
