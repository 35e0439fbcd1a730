namespace Sockeye.Cli.Checking;

/// <summary>What <c>sockeye check</c> was asked to do.</summary>
internal sealed record CheckSettings
{
    /// <summary>The server to judge; null to judge clients.</summary>
    public required Uri? Url { get; init; }

    /// <summary>Where to listen for clients; null to judge a server.</summary>
    public System.Net.IPEndPoint? Listen { get; init; }

    /// <summary>The certificate to listen with; null for ws://.</summary>
    public Serving.CertificateSource? Certificate { get; init; }

    /// <summary>The folder for reports; null for none.</summary>
    public string? ReportFolder { get; init; }

    public bool IsBrief { get; init; }

    /// <summary>What reports call the peer; null for its address or agent.</summary>
    public string? Name { get; init; }

    public string? Cases { get; init; }

    public string? Exclude { get; init; }

    public TimeSpan Patience { get; init; }

    public bool IsFast { get; init; }

    public bool IsInsecure { get; init; }

    public bool IsJson { get; init; }
}
