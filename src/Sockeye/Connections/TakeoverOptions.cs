using Sockeye.Protocol.Extensions.Deflate;

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

    /// <summary>
    /// The extensions that were agreed on, as they stand in the response: <see cref="HandshakeOutcome.Extensions"/>; null if none were.
    /// <see cref="WebSocketOptions.Compression"/> then says how hard this end tries; what was agreed on comes before its other settings.
    /// </summary>
    public string? Extensions { get; set; }

    /// <summary>The request's head, for <see cref="WebSocketConnection.Request"/>.</summary>
    public RequestHead? Request { get; set; }

    /// <summary>Bytes of the peer that were read already and belong to the frames behind the handshake; they are copied.</summary>
    public ReadOnlyMemory<byte> Received { get; set; }

    /// <summary>Whether the bytes are encrypted, where the stream cannot tell itself.</summary>
    public bool IsSecure { get; set; }

    /// <summary>What <see cref="Extensions"/> says.</summary>
    internal DeflateParameters? Deflate { get; private set; }

    internal override void Validate()
    {
        base.Validate();
        _ = Protocol.Dialects.Dialect.Of(Dialect);
        Deflate = Extensions is null ? null : Agreed(Extensions);
    }

    private DeflateParameters Agreed(string extensions)
    {
        if (Compression is not { EngineMissing: null } || Dialect != WebSocketDialects.Rfc6455)
        {
            throw new ArgumentException(
                "Extensions were agreed on: set Compression, on a machine that can compress, and the dialect RFC 6455.", nameof(extensions));
        }

        return DeflateNegotiation.TryRead(extensions, out var agreed)
            ? agreed
            : throw new ArgumentException($"'{extensions}' is no answer about permessage-deflate alone, the one extension there is.", nameof(extensions));
    }
}
