namespace Sockeye.Cli.Connecting;

/// <summary>How a session closes its connection, and says how it ended.</summary>
internal static class Ending
{
    /// <summary>Closes with 1000 unless it is closed already; a second signal does not wait for the other end.</summary>
    public static async Task<CloseResult> CloseAsync(WebSocketConnection connection, StopSignals signals)
    {
        var closed = connection.CloseAsync();
        if (await Task.WhenAny(closed, signals.Second) != closed)
        {
            connection.Abort();
        }

        return await connection.Closed;
    }

    public static string Describe(CloseResult result)
    {
        if (result.Code == CloseCode.Abnormal)
        {
            return $"connection lost{(result.Cause.Length > 0 ? $": {result.Cause}" : "")}{(result.Error is { } error ? $" ({error.Message})" : "")}";
        }

        string reason = result.Reason.Length > 0 ? $": {Notes.Harmless(result.Reason)}" : "";
        string who = result.Initiator switch
        {
            CloseInitiator.Local => " by this end",
            CloseInitiator.Remote => " by the other end",
            _ => "",
        };
        string code = result.Code == CloseCode.NoCode ? "closed without a code" : $"closed with {(int)result.Code} ({NameOf(result.Code)})";
        return $"{code}{who}{reason}{(result.IsClean ? "" : ", not cleanly")}";
    }

    private static string NameOf(CloseCode code) => code switch
    {
        CloseCode.Normal => "normal",
        CloseCode.GoingAway => "going away",
        CloseCode.ProtocolError => "protocol error",
        CloseCode.UnsupportedData => "unsupported data",
        CloseCode.InvalidPayload => "invalid payload",
        CloseCode.PolicyViolation => "policy violation",
        CloseCode.MessageTooBig => "message too big",
        CloseCode.MandatoryExtension => "extension needed",
        CloseCode.InternalError => "internal error",
        CloseCode.ServiceRestart => "service restart",
        CloseCode.TryAgainLater => "try again later",
        CloseCode.BadGateway => "bad gateway",
        (CloseCode)3000 => "unauthorized",
        (CloseCode)3003 => "forbidden",
        (CloseCode)3008 => "timeout",
        _ => "a code of the application",
    };
}
