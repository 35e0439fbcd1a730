using System.Text;
using Sockeye.Protocol.Http;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Handshake;

/// <summary>What the opening handshakes of 2010 have in common: the location, and how subprotocols are offered.</summary>
internal static class EarlyHandshake
{
    /// <summary>The address that the client asked for, as it compares it: ws or wss, the host without a default port, the target.</summary>
    /// <param name="head">The request.</param>
    /// <param name="secure">
    /// Whether the link runs over TLS. A proxy that ends TLS says so in X-Forwarded-Proto; who lies there only fails its own handshake.
    /// </param>
    public static string Location(RequestHead head, bool secure)
    {
        secure |= head["X-Forwarded-Proto"] is "https" or "wss";
        string host = head.Host ?? "";
        string standard = secure ? ":443" : ":80";
        if (host.EndsWith(standard, StringComparison.Ordinal)) host = host[..^standard.Length];
        string target = head.TryGetAbsolute(out _, out _) ? head.Path + (head.Query.Length > 0 ? "?" + head.Query : "") : head.Target;
        return $"{(secure ? "wss" : "ws")}://{host}{target}";
    }

    /// <summary>
    /// The subprotocols of a header. hixie-75 and hixie-76 offer one, later texts several, with spaces or commas between: all are understood.
    /// </summary>
    public static HandshakeRejection? ReadSubProtocols(RequestHead head, string header, out IReadOnlyList<string> offered)
    {
        string[] names = (head[header] ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        offered = names;
        if (names.Length == 0 && head.Contains(header)) return Bad(HandshakeError.SubProtocol, $"The {header} header is empty.");
        if (names.Any(name => !AsciiTokens.IsToken(name))) return Bad(HandshakeError.SubProtocol, $"The {header} header has an element that is not a token.");
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? null
            : Bad(HandshakeError.SubProtocol, $"The {header} header names a subprotocol twice.");
    }

    /// <summary>A page's origin is told by every client of 2010; what is no browser says that it is where it goes.</summary>
    public static string OriginOf(ClientHandshakeRequest request, string host) =>
        request.Origin ?? $"{(DefaultPorts.IsSecure(Encoding.ASCII.GetBytes(request.Uri.Scheme)) ? "https" : "http")}://{host}";

    /// <summary>The address that the server must name.</summary>
    public static string LocationOf(ClientHandshakeRequest request, string host) =>
        $"{(DefaultPorts.IsSecure(Encoding.ASCII.GetBytes(request.Uri.Scheme)) ? "wss" : "ws")}://{host}{request.Uri.PathAndQuery}";

    /// <summary>Judges the headers that a server repeats: each there once, each as expected.</summary>
    public static ClientHandshakeResult VerifyEchoes(ResponseHead head, string prefix, ClientHandshakeRequest request, string host)
    {
        if (Single(head, prefix + "Origin") != OriginOf(request, host))
            return Failed(ClientHandshakeError.Origin, $"The server's {prefix}Origin header does not repeat our origin, once.");
        if (Single(head, prefix + "Location") != LocationOf(request, host))
            return Failed(ClientHandshakeError.Location, $"The server's {prefix}Location header does not name the address we asked for, once.");
        string? chosen = Single(head, prefix + "Protocol");
        if (chosen is null && (request.SubProtocols.Count > 0 || head.Contains(prefix + "Protocol")))
            return Failed(ClientHandshakeError.SubProtocol, "The server chose none of the subprotocols that were offered, or named one more than once.");
        if (chosen is not null && !request.SubProtocols.Contains(chosen))
            return Failed(ClientHandshakeError.SubProtocol, "The server chose a subprotocol that was not offered.");
        return new ClientHandshakeResult(ClientHandshakeError.None, "", chosen, []);
    }

    /// <summary>A refusal by the client.</summary>
    public static ClientHandshakeResult Failed(ClientHandshakeError error, string message) => new(error, message, null, []);

    /// <summary>A refusal with status 400.</summary>
    public static HandshakeRejection Bad(HandshakeError error, string message) => new(error, 400, message);

    /// <summary>Adds the application's headers.</summary>
    public static HeadWriter Add(HeadWriter head, IEnumerable<KeyValuePair<string, string>>? headers)
    {
        foreach ((string name, string value) in headers ?? [])
        {
            HandshakeHeaders.ThrowIfReserved(name, nameof(headers));
            head.Field(name, value);
        }

        return head;
    }

    private static string? Single(ResponseHead head, string name) =>
        head.TryGetSingle(Encoding.ASCII.GetBytes(name), out ReadOnlySpan<byte> value) ? HttpHead.Decode(value) : null;
}
