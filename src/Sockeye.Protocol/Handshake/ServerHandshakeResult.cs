using Sockeye.Protocol.Extensions;

namespace Sockeye.Protocol.Handshake;

/// <summary>What <see cref="ServerHandshake.Examine"/> found.</summary>
internal readonly struct ServerHandshakeResult
{
    private readonly RequestHead? _head;

    private ServerHandshakeResult(ServerHandshakeKind kind) => Kind = kind;

    private ServerHandshakeResult(HandshakeRejection rejection)
    {
        Kind = ServerHandshakeKind.Rejected;
        Rejection = rejection;
    }

    private ServerHandshakeResult(RequestHead head, IReadOnlyList<string> subProtocols, IReadOnlyList<ExtensionOffer> extensions)
    {
        Kind = ServerHandshakeKind.WebSocket;
        _head = head;
        SubProtocols = subProtocols;
        Extensions = extensions;
    }

    public ServerHandshakeKind Kind { get; }

    /// <summary>Why, when <see cref="ServerHandshakeKind.Rejected"/>; else null.</summary>
    public HandshakeRejection? Rejection { get; }

    /// <summary>The subprotocols offered, in the client's order: different tokens, all fields together.</summary>
    public IReadOnlyList<string> SubProtocols { get; } = [];

    /// <summary>The extensions offered, in the client's order, all fields together.</summary>
    public IReadOnlyList<ExtensionOffer> Extensions { get; } = [];

    /// <summary>The 24 bytes of Sec-WebSocket-Key, still in the head; empty unless <see cref="ServerHandshakeKind.WebSocket"/>.</summary>
    public ReadOnlySpan<byte> Key => _head is not null && _head.TryGetSingle("sec-websocket-key"u8, out ReadOnlySpan<byte> key) ? key : default;

    /// <summary>The Sec-WebSocket-Extensions value as it came, all fields together; null when there is none.</summary>
    public string? RawExtensions => _head?["Sec-WebSocket-Extensions"];

    public static ServerHandshakeResult PlainHttp() => new(ServerHandshakeKind.PlainHttp);

    public static ServerHandshakeResult WebSocket(RequestHead head, IReadOnlyList<string> subProtocols, IReadOnlyList<ExtensionOffer> extensions) =>
        new(head, subProtocols, extensions);

    public static implicit operator ServerHandshakeResult(HandshakeRejection rejection) => new(rejection);
}
