using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye.Protocol.Handshake;

/// <summary>Which sites' pages may open a WebSocket (RFC 6455 §10.2): browsers send cookies along whoever asks, so somebody must look.</summary>
/// <remarks>Only browsers send Origin, and they cannot be made to lie about it; a request without one is allowed by every policy.</remarks>
internal abstract class OriginPolicy
{
    /// <summary>The page must come from the host and port that it calls.</summary>
    public static OriginPolicy SameHost { get; } = new SameHostPolicy();

    /// <summary>Any page. Right only where nothing depends on who the browser's user is.</summary>
    public static OriginPolicy AllowAny { get; } = new AnyPolicy();

    /// <summary>Exactly these origins, such as "https://example.com"; scheme and host in any case, default ports given or not.</summary>
    /// <exception cref="ArgumentException">An entry is no origin: it has a path, a wildcard, or is "null".</exception>
    public static OriginPolicy Listed(IEnumerable<string> origins) => new ListPolicy(origins);

    /// <summary>Whatever the predicate says of the request and its Origin ("null" included); what it throws comes out of <see cref="Check"/>.</summary>
    public static OriginPolicy Where(Func<RequestHead, string, bool> allows) => new PredicatePolicy(allows);

    /// <summary>The policy that a server's settings come to; the first that is set counts.</summary>
    public static OriginPolicy From(bool any, Func<RequestHead, string, bool>? allows, IEnumerable<string> listed) =>
        any ? AllowAny
        : allows is not null ? Where(allows)
        : listed.Any() ? Listed(listed)
        : SameHost;

    /// <summary>Null when the request may go on.</summary>
    /// <param name="head">The request.</param>
    /// <param name="secure">Whether this very link runs over TLS; false behind a proxy that ends TLS, whatever the browser sees.</param>
    /// <param name="drafts">Whether the header may also be called Sec-WebSocket-Origin, as in hybi-07 to hybi-10; if both are there, both count.</param>
    public virtual HandshakeRejection? Check(RequestHead head, bool secure, bool drafts = false) =>
        CheckHeader(head, "origin"u8, secure) ?? (drafts ? CheckHeader(head, "sec-websocket-origin"u8, secure) : null);

    private HandshakeRejection? CheckHeader(RequestHead head, ReadOnlySpan<byte> name, bool secure)
    {
        switch (head.CountOf(name))
        {
            case 0: return null;
            case > 1: return new HandshakeRejection(HandshakeError.OriginNotAllowed, 403, "The Origin header came more than once.");
        }
        head.TryGetSingle(name, out ReadOnlySpan<byte> origin);
        return Allows(head, origin, secure)
            ? null
            : new HandshakeRejection(HandshakeError.OriginNotAllowed, 403, "Pages of this Origin may not open a WebSocket here.");
    }

    protected abstract bool Allows(RequestHead head, ReadOnlySpan<byte> origin, bool secure);

    private sealed class SameHostPolicy : OriginPolicy
    {
        protected override bool Allows(RequestHead head, ReadOnlySpan<byte> text, bool secure)
        {
            if (!WebOrigin.TryParse(text, out WebOrigin origin) || DefaultPorts.Of(origin.Scheme) < 0) return false;
            // Over TLS of our own, a page that came without TLS may have been written by anybody on its way.
            if (secure && !DefaultPorts.IsSecure(origin.Scheme)) return false;
            if (!head.TryGetSingle("host"u8, out ReadOnlySpan<byte> hostText) || !Authority.TryParse(hostText, out Authority host)) return false;
            // A Host without a port means the default one of the scheme the browser used, which only its Origin tells:
            // a proxy that ends TLS passes "Host: example.com" on in plain text.
            int port = host.Port > 0 ? host.Port : DefaultPorts.Of(origin.Scheme);
            return port == origin.Port && Authority.SameHost(host.Host, origin.Authority.Host);
        }
    }

    private sealed class AnyPolicy : OriginPolicy
    {
        public override HandshakeRejection? Check(RequestHead head, bool secure, bool drafts = false) => null;

        protected override bool Allows(RequestHead head, ReadOnlySpan<byte> origin, bool secure) => true;
    }

    private sealed class ListPolicy : OriginPolicy
    {
        private readonly HashSet<string> _allowed = new(StringComparer.Ordinal);

        public ListPolicy(IEnumerable<string> origins)
        {
            ArgumentNullException.ThrowIfNull(origins);
            foreach (string text in origins)
            {
                if (!Ascii.IsValid(text) || !WebOrigin.TryParse(Encoding.ASCII.GetBytes(text), out WebOrigin origin))
                    throw new ArgumentException($"'{text}' is no origin: write scheme, host and, if need be, port, as in https://example.com.", nameof(origins));
                _allowed.Add(origin.Normalize());
            }
        }

        protected override bool Allows(RequestHead head, ReadOnlySpan<byte> text, bool secure) =>
            WebOrigin.TryParse(text, out WebOrigin origin) && _allowed.Contains(origin.Normalize());
    }

    private sealed class PredicatePolicy : OriginPolicy
    {
        private readonly Func<RequestHead, string, bool> _allows;

        public PredicatePolicy(Func<RequestHead, string, bool> allows)
        {
            ArgumentNullException.ThrowIfNull(allows);
            _allows = allows;
        }

        protected override bool Allows(RequestHead head, ReadOnlySpan<byte> origin, bool secure) => _allows(head, HttpHead.Decode(origin));
    }
}
