using System.Globalization;
using System.Text;
using Sockeye.Protocol.Extensions;
using Sockeye.Protocol.Http;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Handshake;

/// <summary>The client's side of the opening handshake (RFC 6455 §4.1).</summary>
internal static class ClientHandshake
{
    /// <summary>Bytes of entropy that make a key.</summary>
    public const int EntropyLength = 16;

    /// <summary>The request as bytes.</summary>
    /// <param name="request">What to ask for.</param>
    /// <param name="entropy">16 bytes, random and new for each handshake.</param>
    /// <param name="key">The Sec-WebSocket-Key made of them, for <see cref="Verify"/>.</param>
    /// <exception cref="ArgumentException">Something in the request cannot be sent; the message names it.</exception>
    public static byte[] BuildRequest(ClientHandshakeRequest request, ReadOnlySpan<byte> entropy, out string key)
    {
        if (entropy.Length != EntropyLength) throw new ArgumentException("A key is made of 16 bytes.", nameof(entropy));
        HeadWriter head = Begin(request, out string host);
        key = Convert.ToBase64String(entropy);
        head.Field("Host", host);
        head.Own("Upgrade"u8, "websocket"u8).Own("Connection"u8, "Upgrade"u8).Field("Sec-WebSocket-Key", key);
        head.Field("Sec-WebSocket-Version", request.Version.ToString(CultureInfo.InvariantCulture));
        if (request.SubProtocols.Count > 0) head.Field("Sec-WebSocket-Protocol", JoinSubProtocols(request.SubProtocols));
        if (request.Extensions is not null) head.Field("Sec-WebSocket-Extensions", request.Extensions);
        if (request.Origin is not null) head.Field(request.Version < 13 ? "Sec-WebSocket-Origin" : "Origin", request.Origin);
        return AddRest(head, request).End();
    }

    /// <summary>Checks what is the same in every dialect, and begins the request.</summary>
    public static HeadWriter Begin(ClientHandshakeRequest request, out string host)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckUri(request.Uri);
        foreach ((string name, _) in request.Headers) HandshakeHeaders.ThrowIfReserved(name, nameof(request));
        host = HostOf(request.Uri, [.. request.Headers]);
        return HeadWriter.Request("GET", request.Uri.PathAndQuery);
    }

    /// <summary>Adds the headers that have nothing to do with WebSockets.</summary>
    public static HeadWriter AddRest(HeadWriter head, ClientHandshakeRequest request)
    {
        if (request.UserAgent is not null) head.Field("User-Agent", request.UserAgent);
        if (request.Cookies is not null) head.Field("Cookie", request.Cookies);
        if (request.Uri.UserInfo.Length > 0 && !request.Headers.Any(header => Is(header.Key, "Authorization")))
            head.Field("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(request.Uri.UserInfo))));
        foreach ((string name, string value) in request.Headers)
            if (!Is(name, "Host")) head.Field(name, value);
        return head;
    }

    /// <summary>Judges a server's answer. Throws nothing, whatever the head.</summary>
    /// <param name="head">A final answer, or any with status 101; interim ones (100, 103) are the caller's to skip.</param>
    /// <param name="key">The key that was sent.</param>
    /// <param name="offeredSubProtocols">The subprotocols that were offered; compared exactly.</param>
    /// <param name="offeredExtensions">The names of the extensions that were offered; compared exactly.</param>
    /// <remarks>Content-Length and Transfer-Encoding on a 101 mean nothing and are ignored (RFC 9110 §15.2).</remarks>
    public static ClientHandshakeResult Verify(
        ResponseHead head, string key, IReadOnlyList<string> offeredSubProtocols, IReadOnlyList<string> offeredExtensions)
    {
        if (head.StatusCode != 101)
            return Bad(ClientHandshakeError.Status, $"The server answered with status {head.StatusCode} instead of 101.");
        if (head.MinorVersion < 1)
            return Bad(ClientHandshakeError.HttpVersion, "The server answered 101 in HTTP/1.0, which knows no upgrade.");
        if (!head.TryGetSingle("upgrade"u8, out ReadOnlySpan<byte> upgrade) || !Ascii.EqualsIgnoreCase(upgrade, "websocket"u8))
            return Bad(ClientHandshakeError.Upgrade, "The server's Upgrade header is not 'websocket', once.");
        if (!head.HasToken("connection"u8, "upgrade"u8))
            return Bad(ClientHandshakeError.Connection, "The server's Connection header does not list 'Upgrade'.");
        if (!head.TryGetSingle("sec-websocket-accept"u8, out ReadOnlySpan<byte> accept))
            return Bad(ClientHandshakeError.Accept, "The server's Sec-WebSocket-Accept header is not there once.");
        if (!Ascii.Equals(accept, AcceptKey.Compute(key)))
            return Bad(ClientHandshakeError.Accept, "The server's Sec-WebSocket-Accept header does not answer our key: this answer may be an old one from a cache.");
        return VerifySubProtocol(head, offeredSubProtocols, offeredExtensions);
    }

    private static ClientHandshakeResult VerifySubProtocol(
        ResponseHead head, IReadOnlyList<string> offeredSubProtocols, IReadOnlyList<string> offeredExtensions)
    {
        string? chosen = null;
        if (head.CountOf("sec-websocket-protocol"u8) > 0)
        {
            if (!head.TryGetSingle("sec-websocket-protocol"u8, out ReadOnlySpan<byte> value))
                return Bad(ClientHandshakeError.SubProtocol, "The server's Sec-WebSocket-Protocol header came more than once.");
            string text = HttpHead.Decode(value);
            chosen = offeredSubProtocols.FirstOrDefault(offered => offered == text);
            if (chosen is null) return Bad(ClientHandshakeError.SubProtocol, "The server chose a subprotocol that was not offered.");
        }
        return VerifyExtensions(head, chosen, offeredExtensions);
    }

    private static ClientHandshakeResult VerifyExtensions(ResponseHead head, string? subProtocol, IReadOnlyList<string> offered)
    {
        var agreed = new List<ExtensionOffer>();
        if (head.CountOf("sec-websocket-extensions"u8) > 0)
        {
            if (!head.TryGetSingle("sec-websocket-extensions"u8, out ReadOnlySpan<byte> value))
                return Bad(ClientHandshakeError.Extensions, "The server's Sec-WebSocket-Extensions header came more than once.");
            if (!ExtensionParser.TryParse(value, agreed) || agreed.Count == 0)
                return Bad(ClientHandshakeError.Extensions, "The server's Sec-WebSocket-Extensions header is not a list of extensions and parameters.");
            var open = new List<string>(offered); // each offer is taken once at most
            foreach (ExtensionOffer extension in agreed)
                if (!open.Remove(extension.Name))
                    return Bad(ClientHandshakeError.Extensions, "The server agreed to an extension that was not offered, or to one twice.");
        }
        return new ClientHandshakeResult(ClientHandshakeError.None, "", subProtocol, agreed);
    }

    private static void CheckUri(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (!uri.IsAbsoluteUri || uri.Scheme is not ("ws" or "wss" or "http" or "https"))
            throw new ArgumentException("A WebSocket address starts with ws:// or wss://.", nameof(uri));
        if (uri.Fragment.Length > 0)
            throw new ArgumentException("A WebSocket address has no fragment: write '#' as %23 (RFC 6455 §3).", nameof(uri));
    }

    private static string HostOf(Uri uri, KeyValuePair<string, string>[] headers)
    {
        KeyValuePair<string, string>[] given = [.. headers.Where(header => Is(header.Key, "Host"))];
        if (given.Length > 0)
        {
            string host = given[0].Value;
            HeadWriter.CheckText("The value of header 'Host'", host, nameof(headers));
            if (given.Length > 1 || !Authority.TryParse(Encoding.Latin1.GetBytes(host), out _))
                throw new ArgumentException("The header 'Host' is a host name or address with an optional port, once.", nameof(headers));
            return host;
        }
        // Host keeps the brackets of an IPv6 address and drops its zone; IdnHost turns other alphabets into ASCII.
        string name = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        return uri.IsDefaultPort ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{uri.Port}");
    }

    /// <summary>Subprotocols as the value of a header.</summary>
    public static string JoinSubProtocols(IReadOnlyList<string> names, string separator = ", ")
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!AsciiTokens.IsToken(name))
                throw new ArgumentException("A subprotocol is a token: letters, digits and !#$%&'*+-.^_`|~.", nameof(names));
            if (!seen.Add(name)) throw new ArgumentException($"The subprotocol '{name}' is offered twice.", nameof(names));
        }
        return string.Join(separator, names);
    }

    private static bool Is(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static ClientHandshakeResult Bad(ClientHandshakeError error, string message) => new(error, message, null, []);
}
