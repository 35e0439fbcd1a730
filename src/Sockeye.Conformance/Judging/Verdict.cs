namespace Sockeye.Conformance.Judging;

/// <summary>How a peer behaved in a case.</summary>
public enum Verdict
{
    /// <summary>As the standard says.</summary>
    Pass,

    /// <summary>Allowed, but later or less strictly than it could be.</summary>
    NonStrict,

    /// <summary>The standard leaves it open; the case only records it.</summary>
    Informational,

    /// <summary>The case needs what the peer does not offer.</summary>
    Unimplemented,

    /// <summary>Against the standard.</summary>
    Fail,
}
