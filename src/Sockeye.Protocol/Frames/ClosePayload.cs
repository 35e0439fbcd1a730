using System.Buffers.Binary;
using System.Text;
using System.Diagnostics.CodeAnalysis;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Text;

namespace Sockeye;

/// <summary>The body of a close frame: nothing, or a code and a reason (RFC 6455 §5.5.1).</summary>
public static class ClosePayload
{
    /// <summary>The longest reason, in bytes of UTF-8.</summary>
    public const int MaxReasonBytes = FrameHeader.MaxControlPayload - 2;

    /// <summary>Reads the body of a close frame.</summary>
    /// <param name="body">The whole body, unmasked.</param>
    /// <param name="code">The code; <see cref="CloseCode.NoCode"/> if the body is empty or bad.</param>
    /// <param name="reason">The reason; "" if there is none, or the body is bad.</param>
    /// <param name="violation">The rule that a bad body breaks; null for a good one.</param>
    /// <returns>Whether the body is good.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, out CloseCode code, out string reason, [NotNullWhen(false)] out Violation? violation)
    {
        violation = body.Length > FrameHeader.MaxControlPayload ? Violations.LongControl : Check(body, complete: true);
        (code, reason) = violation is null ? Read(body) : (CloseCode.NoCode, "");
        return violation is null;
    }

    /// <summary>Makes the body of a close frame: the code in network byte order, and the reason in UTF-8.</summary>
    /// <param name="code">1000 to 1003, 1007 to 1014, 3000 to 4999, or <see cref="CloseCode.NoCode"/> for an empty body.</param>
    /// <param name="reason">At most 123 bytes of UTF-8; none without a code.</param>
    /// <exception cref="ArgumentException">The code must not be sent, or the reason is too long, or there is a reason without a code.</exception>
    public static byte[] Build(CloseCode code, string reason = "")
    {
        ThrowIfNotSendable(code, reason);
        Span<byte> body = stackalloc byte[FrameHeader.MaxControlPayload];
        return body[..Write(body, code, reason)].ToArray();
    }

    /// <summary>Whether a peer may send this code (RFC 6455 §7.4 and the IANA registry).</summary>
    /// <param name="code">The number.</param>
    public static bool IsSendable(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>Throws at what must not be sent (RFC 6455 §5.5.1, §7.4).</summary>
    internal static void ThrowIfNotSendable(CloseCode code, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (code == CloseCode.NoCode)
        {
            if (reason.Length > 0)
            {
                throw new ArgumentException("A reason needs a code: a close frame without a code is empty (RFC 6455 §5.5.1).", nameof(reason));
            }

            return;
        }

        if (!IsSendable((int)code))
        {
            throw new ArgumentOutOfRangeException(
                nameof(code), code, "The code must not be sent (RFC 6455 §7.4). Use 1000 to 1003, 1007 to 1014, or 3000 to 4999.");
        }

        ThrowIfTooLong(reason);
    }

    /// <summary>Throws at a reason that does not fit.</summary>
    internal static void ThrowIfTooLong(string reason)
    {
        int length = Encoding.UTF8.GetByteCount(reason);
        if (length > MaxReasonBytes)
        {
            throw new ArgumentException($"A close reason has at most {MaxReasonBytes} bytes of UTF-8; this one has {length}.", nameof(reason));
        }
    }

    /// <summary>Looks at what has come of a body; the first rule it breaks, or null.</summary>
    /// <param name="body">The body so far.</param>
    /// <param name="complete">Whether that is all of it.</param>
    /// <param name="allow1004">Whether 1004 has a meaning, as in the drafts before RFC 6455.</param>
    internal static Violation? Check(ReadOnlySpan<byte> body, bool complete, bool allow1004 = false)
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
    internal static (CloseCode Code, string Reason) Read(ReadOnlySpan<byte> body) =>
        body.Length < 2
            ? (CloseCode.NoCode, "")
            : ((CloseCode)BinaryPrimitives.ReadUInt16BigEndian(body), Encoding.UTF8.GetString(body[2..]));

    /// <summary>Writes a body; the answer is its length. A reason that does not fit is cut between two characters.</summary>
    internal static int Write(Span<byte> target, CloseCode code, string reason)
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
