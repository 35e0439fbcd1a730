namespace Sockeye.Cli.Serving;

/// <summary>What the command line of <c>serve</c> asks for.</summary>
internal sealed record ServeSettings
{
    public required IReadOnlyList<string> Listen { get; init; }

    public bool IsChat { get; init; }

    public string? Path { get; init; }

    public bool IsEpoll { get; init; }

    public int? Loops { get; init; }

    public long? MaxMessageBytes { get; init; }

    public int? MaxFragments { get; init; }

    public CompressionOptions? Compression { get; init; }

    public IReadOnlyList<string> SubProtocols { get; init; } = [];

    public IReadOnlyList<string> Origins { get; init; } = [];

    public bool AllowAnyOrigin { get; init; }

    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    public WebSocketDialects Dialects { get; init; } = WebSocketDialects.Rfc6455;

    public CertificateSource? Certificate { get; init; }

    public bool IsVerbose { get; init; }
}
