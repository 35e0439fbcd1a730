namespace Sockeye.Cli.Checking;

/// <summary>What <c>sockeye check</c> was asked to do.</summary>
internal sealed record CheckSettings
{
    /// <summary>The server to judge; null to judge clients.</summary>
    public required Uri? Url { get; init; }

    public string? Cases { get; init; }

    public string? Exclude { get; init; }

    public TimeSpan Patience { get; init; }

    public bool IsFast { get; init; }

    public bool IsInsecure { get; init; }

    public bool IsJson { get; init; }
}
