namespace Sockeye.Conformance.Judging;

/// <summary>How strictly and how thoroughly to judge.</summary>
public sealed record JudgeSettings
{
    /// <summary>How long a peer may take for what it has to do at once, such as to fail a connection. 5 s by default.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a case goes on that sends a thousand messages, if the peer's pace is good for all of them. 2 s by default.</summary>
    public TimeSpan Enough { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Leaves heavy cases out and takes samples in those that try thousands of values.</summary>
    public bool IsFast { get; init; }

    /// <summary>How many small cases run side by side; 8 by default.</summary>
    public int Parallel { get; init; } = 8;

    /// <summary>Whether to accept any certificate of a wss server.</summary>
    public bool AcceptsAnyCertificate { get; init; }
}
