namespace Sockeye.Cli.Connecting;

/// <summary>What the command line of <c>connect</c> asks for.</summary>
internal sealed record ConnectSettings
{
    /// <summary>The address as written, to show it.</summary>
    public required string Text { get; init; }

    public required Uri Url { get; init; }

    public string? UnixPath { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public IReadOnlyList<string> SubProtocols { get; init; } = [];

    public string? Origin { get; init; }

    public WebSocketDialects Dialect { get; init; } = WebSocketDialects.Rfc6455;

    /// <summary>Messages given on the command line; null if there are none.</summary>
    public IReadOnlyList<string>? Send { get; init; }

    public bool IsBinary { get; init; }

    public bool Ping { get; init; }

    public long? Count { get; init; }

    /// <summary>Null for the default.</summary>
    public TimeSpan? Wait { get; init; }

    public bool Echo { get; init; }

    public bool IsJson { get; init; }

    public CompressionOptions? Compression { get; init; }

    public bool IsInsecure { get; init; }

    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Whether somebody types and looks on, and no option asks for the words that scripts rely on.</summary>
    public bool IsInteractive => Send is null && !Echo && !IsJson && !Console.IsInputRedirected && !Console.IsOutputRedirected;
}
