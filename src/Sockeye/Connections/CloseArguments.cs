using Sockeye.Protocol.Dialects;

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

        if (!dialect.HasDraftCodes || code == CloseCode.NoCode)
        {
            ClosePayload.ThrowIfNotSendable(code, reason);
        }
        else if (dialect.CloseCodes.Knows(code))
        {
            ClosePayload.ThrowIfTooLong(reason);
        }
        else
        {
            throw new NotSupportedException($"{dialect.Label} has no close code {(int)code}.");
        }
    }
}
