namespace Sockeye.Conformance.Wire;

/// <summary>What each frame of a peer must keep to, whatever the case is about.</summary>
internal sealed class FrameRules(bool mustMask, bool mayCompress)
{
    private bool _inMessage;

    /// <summary>What is wrong with a frame, with the section of the standard; null for nothing.</summary>
    public string? FaultOf(Frame frame)
    {
        if (frame.Masked != mustMask)
        {
            return mustMask ? "a client's frame without a mask (RFC 6455 §5.1)" : "a server's frame with a mask (RFC 6455 §5.1)";
        }

        bool data = frame.Opcode is Opcodes.Text or Opcodes.Binary;
        if (frame.Rsv != 0 && !(mayCompress && data && frame.Rsv == 4))
        {
            return $"reserved bits {frame.Rsv} (RFC 6455 §5.2)";
        }

        int shortest = frame.Payload.Length < 126 ? 0 : frame.Payload.Length <= ushort.MaxValue ? 2 : 8;
        if (frame.LengthBytes != shortest)
        {
            return $"a length of {frame.Payload.Length} that is not in its shortest form (RFC 6455 §5.2)";
        }

        if (frame.Opcode >= 8)
        {
            return FaultOfControl(frame);
        }

        if (!data && frame.Opcode != Opcodes.Continuation)
        {
            return $"the reserved opcode {frame.Opcode} (RFC 6455 §5.2)";
        }

        if (data == _inMessage)
        {
            return data ? "a new message inside another (RFC 6455 §5.4)" : "a continuation of nothing (RFC 6455 §5.4)";
        }

        _inMessage = !frame.Fin;
        return null;
    }

    private static string? FaultOfControl(Frame frame)
    {
        if (frame.Opcode > Opcodes.Pong)
        {
            return $"the reserved opcode {frame.Opcode} (RFC 6455 §5.2)";
        }

        if (!frame.Fin || frame.Payload.Length > 125)
        {
            return "a control frame that is fragmented or too long (RFC 6455 §5.5)";
        }

        if (frame.Opcode != Opcodes.Close)
        {
            return null;
        }

        int code = frame.Payload.Length < 2 ? 0 : (frame.Payload[0] << 8) | frame.Payload[1];
        return frame.Payload.Length switch
        {
            0 => null,
            1 => "a close frame with one byte (RFC 6455 §5.5.1)",
            _ when !CloseCodes.IsLegal(code) => $"the close code {code}, which is never sent (RFC 6455 §7.4)",
            _ => Utf8Text.IsValid(frame.Payload.AsSpan(2)) ? null : "a close reason that is not UTF-8 (RFC 6455 §5.5.1)",
        };
    }
}
