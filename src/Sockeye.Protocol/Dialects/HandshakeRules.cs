using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Handshake;

namespace Sockeye;

/// <summary>By which rules <see cref="WebSocketHandshake.Verify(RequestHead, HandshakeRules?, bool)"/> judges a request. Immutable.</summary>
/// <remarks>The rules about origins, dialects and subprotocols mean what those of the same name of the server's options mean.</remarks>
public sealed class HandshakeRules
{
    private readonly Lazy<(OriginPolicy Origins, SubProtocolChoice SubProtocols)> _made;

    /// <summary>The defaults: RFC 6455 alone, no subprotocols, pages of the same host only.</summary>
    public HandshakeRules() => _made = new Lazy<(OriginPolicy, SubProtocolChoice)>(Make);

    internal static HandshakeRules Default { get; } = new();

    /// <summary>The dialects that are spoken; RFC 6455 alone by default.</summary>
    public WebSocketDialects Dialects { get; init; } = WebSocketDialects.Rfc6455;

    /// <summary>Subprotocols served. The client's first that is listed is taken.</summary>
    public IReadOnlyList<string> SubProtocols { get; init; } = [];

    /// <summary>Compares <see cref="SubProtocols"/> without regard to ASCII case; the spelling here is answered.</summary>
    public bool IgnoreSubProtocolCase { get; init; }

    /// <summary>Refuses clients that offer none of the <see cref="SubProtocols"/>, instead of going on without one.</summary>
    public bool RequireSubProtocol { get; init; }

    /// <summary>Refuses clients that offer subprotocols when <see cref="SubProtocols"/> is empty, instead of leaving the offer unanswered.</summary>
    public bool RefuseUnservedSubProtocols { get; init; }

    /// <summary>Takes the client's first subprotocol whatever it is.</summary>
    public bool AcceptAnySubProtocol { get; init; }

    /// <summary>Chooses among the offered subprotocols; null for none. It comes before the other settings.</summary>
    public Func<RequestHead, IReadOnlyList<string>, string?>? SelectSubProtocol { get; init; }

    /// <summary>What may be agreed on about permessage-deflate (RFC 7692), if a client offers it; null, the default, declines it.</summary>
    public DeflateRules? Deflate { get; init; }

    /// <summary>Origins that browsers may come from, and no others; none here means the same host only.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Decides about a request's origin in place of <see cref="AllowedOrigins"/> and the same-host rule.</summary>
    public Func<RequestHead, string, bool>? IsOriginAllowed { get; init; }

    /// <summary>Lets pages of any origin in. Unsafe where cookies or the network place say who somebody is.</summary>
    public bool DangerouslyAllowAnyOrigin { get; init; }

    internal OriginPolicy Origins => _made.Value.Origins;

    internal SubProtocolChoice Choice => _made.Value.SubProtocols;

    private (OriginPolicy Origins, SubProtocolChoice SubProtocols) Make()
    {
        Dialect.CheckSet(Dialects, nameof(Dialects));
        if (RequireSubProtocol && SubProtocols.Count == 0 && SelectSubProtocol is null)
        {
            throw new ArgumentException("RequireSubProtocol needs SubProtocols or SelectSubProtocol.", nameof(RequireSubProtocol));
        }

        Deflate?.Validate();
        var origins = OriginPolicy.From(DangerouslyAllowAnyOrigin, IsOriginAllowed, AllowedOrigins);
        var choice = SubProtocolChoice.From(
            SelectSubProtocol, AcceptAnySubProtocol, SubProtocols, RequireSubProtocol, IgnoreSubProtocolCase, RefuseUnservedSubProtocols);
        return (origins, choice);
    }
}
