namespace Sockeye.Conformance.Judging;

/// <summary>What a case can judge.</summary>
[Flags]
public enum CaseSides
{
    /// <summary>A server: the judge connects to it.</summary>
    Server = 1,

    /// <summary>A client: it connects to the judge.</summary>
    Client = 2,

    /// <summary>Either.</summary>
    Both = Server | Client,
}
