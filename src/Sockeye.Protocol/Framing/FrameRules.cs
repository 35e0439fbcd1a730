using Sockeye.Protocol.Frames;

namespace Sockeye.Protocol.Framing;

/// <summary>What the next frame may be, as its head is read.</summary>
/// <param name="FromClient">Whether the sender is a client, whose frames are masked.</param>
/// <param name="MessageInProgress">Whether a fragmented message waits for its next frame.</param>
/// <param name="AllowedReservedBits">Reserved bits that an extension gave a meaning to on a message's first frame.</param>
/// <param name="MaxFrameBytes">The longest data frame.</param>
/// <param name="MessageBytesLeft">What the message in progress, or a new one, may still grow by.</param>
/// <param name="MaxCompressedBytes">What a new message may have if it is compressed.</param>
/// <param name="FragmentsLeft">Frames that the message may still have.</param>
internal readonly record struct FrameRules(
    bool FromClient, bool MessageInProgress, byte AllowedReservedBits, long MaxFrameBytes, long MessageBytesLeft, long MaxCompressedBytes, int FragmentsLeft)
{
    /// <summary>The first rule that a head's opcode, flags and mask bit break, or null.</summary>
    public Violation? CheckFirst(Opcode opcode, bool fin, byte reservedBits)
    {
        if ((byte)opcode is (> 2 and < 8) or > 10)
        {
            return Violations.UnknownOpcode;
        }

        byte allowed = opcode is Opcode.Text or Opcode.Binary ? AllowedReservedBits : (byte)0;
        if ((reservedBits & ~allowed) != 0)
        {
            return Violations.ReservedBits;
        }

        if (opcode >= Opcode.Close)
        {
            return fin ? null : Violations.FragmentedControl;
        }

        if (opcode == Opcode.Continuation)
        {
            return !MessageInProgress ? Violations.NothingToContinue
                : FragmentsLeft <= 0 ? Violations.TooManyFragments
                : null;
        }

        return MessageInProgress ? Violations.MessageInProgress : null;
    }

    /// <summary>The limit that a data frame of this length breaks, or null.</summary>
    public Violation? CheckLength(long length, byte reservedBits) =>
        length > (reservedBits == 0 ? MessageBytesLeft : MaxCompressedBytes) ? Violations.MessageTooBig
        : length > MaxFrameBytes ? Violations.FrameTooBig
        : null;
}
