using Sockeye.Protocol.Http;

namespace Sockeye.Protocol.Handshake;

/// <summary>The opening handshake of hixie-75: heads alone. The first three lines of either are compared byte by byte, in this order.</summary>
internal static class Hixie75Handshake
{
    private const string Prefix = "WebSocket-";
    private const string Reason = "Web Socket Protocol Handshake";
    private const string FirstLines = $"HTTP/1.1 101 {Reason}\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n";

    /// <summary>Judges a request (hixie-75 §5.1).</summary>
    public static ServerHandshakeResult Examine(RequestHead head)
    {
        if (ServerHandshake.CheckRequest(head, out _) is { } refused) return refused;
        if (ServerHandshake.CheckNoBody(head, "0"u8) is { } body) return body;
        if (EarlyHandshake.ReadSubProtocols(head, Prefix + "Protocol", out IReadOnlyList<string> offered) is { } bad) return bad;
        return ServerHandshakeResult.WebSocket(head, offered, []);
    }

    /// <summary>The answer (hixie-75 §5.2).</summary>
    public static HeadWriter WriteResponse(RequestHead head, bool secure, string? subProtocol, IEnumerable<KeyValuePair<string, string>>? headers)
    {
        HeadWriter answer = HeadWriter.Response(101, Reason).Own("Upgrade"u8, "WebSocket"u8).Own("Connection"u8, "Upgrade"u8);
        if (head["Origin"] is { } origin) answer.Field(Prefix + "Origin", origin);
        answer.Field(Prefix + "Location", EarlyHandshake.Location(head, secure));
        if (subProtocol is not null) answer.Field(Prefix + "Protocol", subProtocol);
        return EarlyHandshake.Add(answer, headers);
    }

    /// <summary>The request (hixie-75 §4.1).</summary>
    /// <exception cref="ArgumentException">Something in the request cannot be sent; the message names it.</exception>
    public static byte[] BuildRequest(ClientHandshakeRequest request, out string host)
    {
        HeadWriter head = ClientHandshake.Begin(request, out host);
        head.Own("Upgrade"u8, "WebSocket"u8).Own("Connection"u8, "Upgrade"u8).Field("Host", host);
        head.Field("Origin", EarlyHandshake.OriginOf(request, host));
        if (request.SubProtocols.Count > 1) throw new ArgumentException("hixie-75 offers one subprotocol at most.", nameof(request));
        if (request.SubProtocols.Count > 0) head.Field(Prefix + "Protocol", ClientHandshake.JoinSubProtocols(request.SubProtocols));
        return ClientHandshake.AddRest(head, request).End();
    }

    /// <summary>Judges the answer.</summary>
    public static ClientHandshakeResult Verify(ResponseHead head, ClientHandshakeRequest request, string host)
    {
        if (head.StatusCode != 101)
            return EarlyHandshake.Failed(ClientHandshakeError.Status, $"The server answered with status {head.StatusCode} instead of 101.");
        return head.ToString().StartsWith(FirstLines, StringComparison.Ordinal)
            ? EarlyHandshake.VerifyEchoes(head, Prefix, request, host)
            : EarlyHandshake.Failed(ClientHandshakeError.Upgrade, "The first three lines of the server's answer are not those of hixie-75.");
    }
}
