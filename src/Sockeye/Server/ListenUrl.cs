using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sockeye.Server;

/// <summary>A place to listen, as it was asked for.</summary>
/// <param name="Text">As written.</param>
/// <param name="Host">The host as written, for showing the bound address.</param>
/// <param name="Addresses">Where to bind: one address, or both loopbacks for <c>localhost</c>.</param>
/// <param name="IsSecure">Whether it speaks TLS.</param>
internal sealed record ListenUrl(string Text, string Host, IReadOnlyList<EndPoint> Addresses, bool IsSecure)
{
    private const string UnixScheme = "unix:";

    /// <summary>The path of a Unix socket, or null.</summary>
    public string? UnixPath => Addresses[0] is UnixDomainSocketEndPoint ? Text[UnixScheme.Length..] : null;

    /// <summary>Whether only this machine can reach it by an address that browsers use.</summary>
    public bool IsLoopback => Addresses[0] is IPEndPoint ip && IPAddress.IsLoopback(ip.Address);

    public static ListenUrl Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(UnixScheme, StringComparison.OrdinalIgnoreCase))
        {
            string path = text[UnixScheme.Length..];
            return path.StartsWith('/')
                ? new ListenUrl(text, path, [new UnixDomainSocketEndPoint(path)], false)
                : throw Bad(text, "a Unix socket is written unix:/path");
        }

        // '*' and '+' are no hosts to the parser of URLs.
        string parsed = text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(parsed, UriKind.Absolute, out var uri) || uri.Scheme is not ("ws" or "wss"))
        {
            throw Bad(text, "write ws://HOST:PORT, wss://HOST:PORT or unix:/PATH");
        }

        if (uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            throw Bad(text, "it has only a host and a port; give paths in Paths");
        }

        bool any = parsed != text;
        var addresses = any ? [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any] : AddressesOf(uri, text);
        string host = any ? "0.0.0.0" : uri.Host;
        return new ListenUrl(text, host, [.. addresses.Select(a => new IPEndPoint(a, uri.Port))], uri.Scheme == "wss");
    }

    /// <summary>The address with the port that was bound.</summary>
    public string Show(int port) => UnixPath is { } path
        ? UnixScheme + path
        : string.Create(CultureInfo.InvariantCulture, $"{(IsSecure ? "wss" : "ws")}://{Host}:{port}/");

    private static IReadOnlyList<IPAddress> AddressesOf(Uri uri, string text)
    {
        if (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address))
        {
            return [address];
        }

        return uri.Host == "localhost"
            ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
            : throw Bad(text, "the host must be an address, localhost or *");
    }

    private static ArgumentException Bad(string text, string how) => new($"Cannot listen on '{text}': {how}.", nameof(text));
}
