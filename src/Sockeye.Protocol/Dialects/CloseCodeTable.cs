using Sockeye.Protocol.Frames;

namespace Sockeye.Protocol.Dialects;

/// <summary>Which close codes a dialect knows.</summary>
internal sealed class CloseCodeTable
{
    private readonly Func<int, bool> _knows;

    private CloseCodeTable(Func<int, bool> knows, bool has1004) => (_knows, Has1004) = (knows, has1004);

    /// <summary>RFC 6455 §7.4 and the IANA registry.</summary>
    public static CloseCodeTable Rfc6455 { get; } = new(ClosePayload.IsSendable, has1004: false);

    /// <summary>hybi-08 to hybi-12 §7.4: 1004 is a frame that is too large, 1007 bad UTF-8.</summary>
    public static CloseCodeTable Draft08 { get; } = new(static code => code is (>= 1000 and <= 1004) or 1007 or (>= 3000 and <= 4999), has1004: true);

    /// <summary>hybi-07 §7.4: 1004 is a frame that is too large.</summary>
    public static CloseCodeTable Draft07 { get; } = new(static code => code is (>= 1000 and <= 1004) or (>= 3000 and <= 4999), has1004: true);

    /// <summary>No codes at all.</summary>
    public static CloseCodeTable None { get; } = new(static _ => false, has1004: false);

    /// <summary>Whether a peer may send 1004, which RFC 6455 took back. Later codes are let pass everywhere: the drafts grew under one number.</summary>
    public bool Has1004 { get; }

    /// <summary>Whether this end may send the code.</summary>
    public bool Knows(CloseCode code) => _knows((int)code);

    /// <summary>The code that says the same, as far as the dialect can say it: for what this library itself closes with.</summary>
    public CloseCode Nearest(CloseCode code) =>
        Knows(code) || this == None || code == CloseCode.NoCode ? code : code switch
        {
            CloseCode.MessageTooBig => (CloseCode)1004,
            CloseCode.InvalidPayload or CloseCode.PolicyViolation or CloseCode.MandatoryExtension => CloseCode.ProtocolError,
            _ => CloseCode.GoingAway,
        };
}
