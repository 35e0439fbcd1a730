using System.Text;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Frames;

namespace Sockeye.Connections;

/// <summary>Checks what an application wants to close with: its mistakes throw at once.</summary>
internal static class CloseArguments
{
    public static void Check(CloseCode code, string reason, Dialect dialect)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (reason.Length > 0 || code is not (CloseCode.Normal or CloseCode.NoCode))
        {
            dialect.Require(DialectTraits.CloseCodes, "close codes and reasons: close without");
        }

        if (code == CloseCode.NoCode)
        {
            if (reason.Length > 0)
            {
                throw new ArgumentException("A reason needs a code: a close frame without a code is empty (RFC 6455 §5.5.1).", nameof(reason));
            }

            return;
        }

        if (dialect.HasDraftOrigin && !dialect.CloseCodes.Knows(code))
        {
            throw new NotSupportedException($"{dialect.Label} has no close code {(int)code}.");
        }

        if (!dialect.HasDraftOrigin && !ClosePayload.IsSendable((int)code))
        {
            throw new ArgumentOutOfRangeException(
                nameof(code), code, "The code must not be sent (RFC 6455 §7.4). Use 1000 to 1003, 1007 to 1014, or 3000 to 4999.");
        }

        int length = Encoding.UTF8.GetByteCount(reason);
        if (length > ClosePayload.MaxReasonBytes)
        {
            throw new ArgumentException($"A close reason has at most {ClosePayload.MaxReasonBytes} bytes of UTF-8; this one has {length}.", nameof(reason));
        }
    }
}
