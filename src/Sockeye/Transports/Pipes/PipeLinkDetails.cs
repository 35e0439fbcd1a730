using System.Net;

namespace Sockeye.Transports.Pipes;

/// <summary>What a pair of pipes cannot tell of itself.</summary>
internal sealed record PipeLinkDetails
{
    public EndPoint? Remote { get; init; }

    public EndPoint? Local { get; init; }

    public bool IsSecure { get; init; }

    /// <summary>Ends the sending direction, once everything is written; by default the writer is completed. Called once.</summary>
    public Action? EndSending { get; init; }

    /// <summary>Whether the pipes' owner completes them after the end.</summary>
    public bool LeaveOpen { get; init; }

    /// <summary>Tells whoever owns the pipes that nothing more is done with them. Called once, last.</summary>
    public Action? Ended { get; init; }

    /// <summary>Tells whoever owns the pipes that they are no longer wanted. Called once, at a cut.</summary>
    public Action? Abort { get; init; }
}
