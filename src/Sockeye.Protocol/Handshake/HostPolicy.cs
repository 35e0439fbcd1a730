using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye.Protocol.Handshake;

/// <summary>Which hosts a listener answers for. Applies to plain HTTP and to WebSockets alike.</summary>
/// <remarks>
/// Against DNS rebinding: a name of the attacker's that suddenly resolves to 127.0.0.1 makes a page same-origin with a local service;
/// only Host tells. The answer is 421 (RFC 9110 §15.5.20), which says just this: the server does not speak for that host.
/// 403 would say that the request is understood and forbidden.
/// </remarks>
internal sealed class HostPolicy
{
    private readonly bool _loopback;
    private readonly Entry[]? _allowed;

    private HostPolicy(bool loopback, Entry[]? allowed)
    {
        _loopback = loopback;
        _allowed = allowed;
    }

    /// <summary>The policy of one listener.</summary>
    /// <param name="loopback">Whether it is bound to a loopback address: then only loopback names and those listed are answered.</param>
    /// <param name="allowed">Hosts such as "example.com" (any port), "example.com:8080" or "*.example.com" (its subdomains);
    /// null for no list, which on other listeners means any host.</param>
    /// <exception cref="ArgumentException">An entry is no host.</exception>
    public static HostPolicy For(bool loopback, IEnumerable<string>? allowed = null) =>
        new(loopback, allowed?.Select(Entry.Parse).ToArray());

    /// <summary>Null when the request may go on.</summary>
    public HandshakeRejection? Check(RequestHead head)
    {
        if (!_loopback && _allowed is null) return null;
        // Only HTTP/1.0 gets here without Host, and no browser speaks that: nothing to rebind.
        if (head.CountOf("host"u8) == 0) return null;
        if (head.TryGetSingle("host"u8, out ReadOnlySpan<byte> text) && Authority.TryParse(text, out Authority host))
        {
            if (_loopback && host.IsLoopback) return null;
            foreach (Entry entry in _allowed ?? [])
                if (entry.Matches(host)) return null;
        }
        return new HandshakeRejection(HandshakeError.HostNotAllowed, 421, "This server does not answer for the host in the Host header.");
    }

    private sealed record Entry(byte[] Host, int Port, bool Subdomains)
    {
        public static Entry Parse(string text)
        {
            ArgumentNullException.ThrowIfNull(text);
            bool subdomains = text.StartsWith("*.", StringComparison.Ordinal);
            byte[] bytes = Ascii.IsValid(text) ? Encoding.ASCII.GetBytes(text) : [];
            if (!Authority.TryParse(bytes.AsSpan(subdomains ? 2 : 0), out Authority authority) || (subdomains && authority.Host[0] == '['))
                throw new ArgumentException($"'{text}' is no host: write example.com, example.com:8080 or *.example.com.", nameof(text));
            return new Entry(Authority.WithoutRootDot(authority.Host).ToArray(), authority.Port, subdomains);
        }

        public bool Matches(Authority host)
        {
            if (Port > 0 && host.Port != Port) return false;
            ReadOnlySpan<byte> name = Authority.WithoutRootDot(host.Host);
            if (!Subdomains) return Authority.SameHost(name, Host);
            int dot = name.Length - Host.Length - 1;
            return dot > 0 && name[dot] == '.' && Ascii.EqualsIgnoreCase(name[(dot + 1)..], Host);
        }
    }
}
