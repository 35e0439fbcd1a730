using System.Buffers.Binary;
using System.Text;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Frames;

/// <summary>The body of a close frame: nothing, or a code and a reason (RFC 6455 §5.5.1).</summary>
internal static class ClosePayload
{
    /// <summary>The longest reason, in bytes of UTF-8.</summary>
    public const int MaxReasonBytes = FrameHeader.MaxControlPayload - 2;

    /// <summary>Whether a peer may send this code (RFC 6455 §7.4 and the IANA registry).</summary>
    public static bool IsSendable(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>Looks at what has come of a body; the first rule it breaks, or null.</summary>
    /// <param name="body">The body so far.</param>
    /// <param name="complete">Whether that is all of it.</param>
    /// <param name="allow1004">Whether 1004 has a meaning, as in the drafts before RFC 6455.</param>
    public static Violation? Check(ReadOnlySpan<byte> body, bool complete, bool allow1004 = false)
    {
        if (body.Length < 2)
        {
            return complete && body.Length == 1 ? Violations.ShortClose : null;
        }

        int code = BinaryPrimitives.ReadUInt16BigEndian(body);
        if (!IsSendable(code) && !(allow1004 && code == 1004))
        {
            return Violations.BadCloseCode;
        }

        var utf8 = default(Utf8Validator);
        bool valid = utf8.Validate(body[2..]) < 0 && (!complete || utf8.IsComplete);
        return valid ? null : Violations.BadCloseReason;
    }

    /// <summary>Reads a checked body: <see cref="CloseCode.NoCode"/> where there is none.</summary>
    public static (CloseCode Code, string Reason) Read(ReadOnlySpan<byte> body) =>
        body.Length < 2
            ? (CloseCode.NoCode, "")
            : ((CloseCode)BinaryPrimitives.ReadUInt16BigEndian(body), Encoding.UTF8.GetString(body[2..]));

    /// <summary>Writes a body; the answer is its length. A reason that does not fit is cut between two characters.</summary>
    public static int Write(Span<byte> target, CloseCode code, string reason)
    {
        if (code == CloseCode.NoCode)
        {
            return 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)code);
        Encoding.UTF8.GetEncoder().Convert(reason, target.Slice(2, MaxReasonBytes), flush: true, out _, out int written, out _);
        return 2 + written;
    }
}
