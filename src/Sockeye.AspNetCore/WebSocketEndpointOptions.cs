using Sockeye.Protocol.Handshake;

namespace Sockeye.AspNetCore;

/// <summary>Whom an endpoint lets in, and what holds for its connections. The rules mean what those of the same name of <see cref="WebSocketServerOptions"/> mean.</summary>
public sealed class WebSocketEndpointOptions : WebSocketOptions
{
    /// <summary>Subprotocols served. The client's first that is listed is taken.</summary>
    public IList<string> SubProtocols { get; } = [];

    /// <summary>Compares <see cref="SubProtocols"/> without regard to ASCII case; the spelling here is answered.</summary>
    public bool IgnoreSubProtocolCase { get; set; }

    /// <summary>Refuses clients that offer none of the <see cref="SubProtocols"/>, instead of going on without one.</summary>
    public bool RequireSubProtocol { get; set; }

    /// <summary>Refuses clients that offer subprotocols when <see cref="SubProtocols"/> is empty, instead of leaving the offer unanswered.</summary>
    public bool RefuseUnservedSubProtocols { get; set; }

    /// <summary>Takes the client's first subprotocol whatever it is.</summary>
    public bool AcceptAnySubProtocol { get; set; }

    /// <summary>Chooses among the offered subprotocols; null for none. It comes before the other settings.</summary>
    public Func<RequestHead, IReadOnlyList<string>, string?>? SelectSubProtocol { get; set; }

    /// <summary>Origins that browsers may come from, such as <c>https://example.com</c>, and no others; none here means the same host only.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Decides about a request's origin in place of <see cref="AllowedOrigins"/> and the same-host rule.</summary>
    public Func<RequestHead, string, bool>? IsOriginAllowed { get; set; }

    /// <summary>Lets pages of any origin in. Unsafe where cookies or the network place say who somebody is.</summary>
    public bool DangerouslyAllowAnyOrigin { get; set; }

    internal OriginPolicy Origins { get; private set; } = OriginPolicy.SameHost;

    internal SubProtocolChoice Choice { get; private set; } = SubProtocolChoice.None;

    internal override void Validate()
    {
        base.Validate();
        if (RequireSubProtocol && SubProtocols.Count == 0 && SelectSubProtocol is null)
        {
            throw new ArgumentException("RequireSubProtocol needs SubProtocols or SelectSubProtocol.", nameof(RequireSubProtocol));
        }

        Origins = OriginPolicy.From(DangerouslyAllowAnyOrigin, IsOriginAllowed, AllowedOrigins);
        Choice = SubProtocolChoice.From(
            SelectSubProtocol, AcceptAnySubProtocol, SubProtocols, RequireSubProtocol, IgnoreSubProtocolCase, RefuseUnservedSubProtocols);
    }
}
