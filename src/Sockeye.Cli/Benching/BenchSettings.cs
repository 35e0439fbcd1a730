namespace Sockeye.Cli.Benching;

/// <summary>What the command line of <c>bench</c> asks for.</summary>
internal sealed record BenchSettings
{
    /// <summary>The address as it was given.</summary>
    public required string Text { get; init; }

    public required Uri Url { get; init; }

    public string? UnixPath { get; init; }

    public BenchMode Mode { get; init; }

    /// <summary>Connections, in broadcast those that receive.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>Bytes of a message.</summary>
    public int Size { get; init; } = 16;

    /// <summary>Messages in flight for each connection, in broadcast in all.</summary>
    public int Depth { get; init; } = 1;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    public bool IsText { get; init; }

    /// <summary>What is due in a second, over all connections; without it, as fast as it goes.</summary>
    public double? Rate { get; init; }

    /// <summary>The time over which the connections are opened; zero for as fast as it goes.</summary>
    public TimeSpan Ramp { get; init; }

    public bool IsInsecure { get; init; }

    public bool IsJson { get; init; }
}
