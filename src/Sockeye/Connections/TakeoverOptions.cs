namespace Sockeye;

/// <summary>What is known of an opening handshake that somebody else has done, and what holds for the connection.</summary>
public sealed class TakeoverOptions : WebSocketOptions
{
    /// <summary>Whether this end is the server; true by default. A client masks what it sends, a server does not.</summary>
    public bool IsServer { get; set; } = true;

    /// <summary>The one dialect that was agreed on; RFC 6455 by default.</summary>
    public WebSocketDialects Dialect { get; set; } = WebSocketDialects.Rfc6455;

    /// <summary>The subprotocol that was agreed on; null if none was.</summary>
    public string? SubProtocol { get; set; }

    /// <summary>The request's head, for <see cref="WebSocketConnection.Request"/>.</summary>
    public RequestHead? Request { get; set; }

    /// <summary>Bytes of the peer that were read already and belong to the frames behind the handshake; they are copied.</summary>
    public ReadOnlyMemory<byte> Received { get; set; }

    /// <summary>Whether the bytes are encrypted, where the stream cannot tell itself.</summary>
    public bool IsSecure { get; set; }

    internal override void Validate()
    {
        base.Validate();
        _ = Protocol.Dialects.Dialect.Of(Dialect);
    }
}
