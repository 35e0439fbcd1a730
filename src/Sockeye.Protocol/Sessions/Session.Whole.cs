using System.Buffers.Binary;
using System.Text.Unicode;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;

namespace Sockeye.Protocol.Sessions;

internal sealed partial class Session
{
    private readonly int _maskBit = role == Role.Server ? 0x80 : 0;

    // The longest payload that is read whole: that of a head with a short length, if the limits allow it.
    private readonly int _longestWhole = dialect is { Framing: not FramingKind.Hybi }
        ? -1
        : (int)Math.Min(FrameHeader.MaxControlPayload, Math.Min(limits.MaxFrameBytes, limits.MaxMessageBytes));

    /// <summary>
    /// Reads a short message that is here whole, in one plain frame: most of what most peers send. It refuses nothing but bad text;
    /// what is not plainly such a message is left as it is, for the long way.
    /// </summary>
    private bool TryReadWhole(ref Span<byte> input, ref SessionEvent found)
    {
        if (input.Length < 2 || _inFrame || _spilled != 0 || _message.InProgress || _stopped || !ClosingTable.ReadsFrames(State))
        {
            return false;
        }

        int type = input[0] - HybiFraming.Fin;
        int length = input[1] ^ _maskBit;
        int start = _maskBit == 0 ? 2 : 6;
        if (type is not ((int)Opcode.Text or (int)Opcode.Binary) || length > _longestWhole || input.Length < start + length)
        {
            return false;
        }

        var payload = input.Slice(start, length);
        if (_maskBit != 0)
        {
            Mask.Apply(payload, BinaryPrimitives.ReadUInt32LittleEndian(input[2..]));
        }

        input = input[(start + length)..];
        found.Kind = ClosingEvent.Data;
        found.Type = (MessageType)type;
        found.EndOfMessage = true;
        found.Payload = payload;
        found.FrameBytesLeft = 0;
        found.Violation = null;
        if (type == (int)Opcode.Text && !Utf8.IsValid(payload))
        {
            found = default;
            return Fail(Violations.BadText, ref found);
        }

        return true;
    }
}
