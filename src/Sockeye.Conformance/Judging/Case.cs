namespace Sockeye.Conformance.Judging;

/// <summary>One question to a WebSocket implementation.</summary>
public sealed class Case
{
    internal Case(string id, string sends, string allows, string reference, Func<Play, Task<Outcome>> script) =>
        (Id, Sends, Allows, Reference, Script) = (id, sends, allows, reference, script);

    /// <summary>Its name, such as 1.1.1: a section, and numbers.</summary>
    public string Id { get; }

    /// <summary>What the judge sends.</summary>
    public string Sends { get; }

    /// <summary>What the peer may do then.</summary>
    public string Allows { get; }

    /// <summary>Where the standard says so.</summary>
    public string Reference { get; }

    /// <summary>What it can judge.</summary>
    public CaseSides Sides { get; internal init; } = CaseSides.Both;

    /// <summary>Whether it takes a lot of data or time: few of these run side by side, and none with --fast.</summary>
    public bool IsHeavy { get; internal init; }

    /// <summary>Whether it opens many connections or much traffic: few of these run side by side.</summary>
    public bool IsBusy { get; internal init; }

    /// <summary>The part of the id before the first dot.</summary>
    public string Section => Id[..Id.IndexOf('.', StringComparison.Ordinal)];

    internal Func<Play, Task<Outcome>> Script { get; }
}
