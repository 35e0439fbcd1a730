namespace Sockeye.Conformance.Wire;

/// <summary>Which codes a close frame may carry (RFC 6455 §7.4 and IANA's registry).</summary>
internal static class CloseCodes
{
    /// <summary>May be sent by anybody.</summary>
    public static bool IsLegal(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    /// <summary>Must be refused by everybody: unassigned ones below 3000 are not, as they may be assigned one day.</summary>
    public static bool IsIllegal(int code) => code is < 1000 or 1004 or 1005 or 1006 or 1015;
}
