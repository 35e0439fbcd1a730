using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye.Protocol.Handshake;

/// <summary>The opening handshake of hixie-76, which is hybi-00, and of August 2010: a challenge of two keys and eight bytes.</summary>
internal static class Hixie76Handshake
{
    private const string Prefix = "Sec-WebSocket-";
    private const string Key1 = Prefix + "Key1";
    private const string Key2 = Prefix + "Key2";

    /// <summary>Judges a request's head (hixie-76 §5.1, §5.2). Its eight bytes may be announced as a body: some clients do so for the sake of proxies.</summary>
    public static ServerHandshakeResult Examine(RequestHead head)
    {
        if (ServerHandshake.CheckRequest(head, out _) is { } refused) return refused;
        if (ServerHandshake.CheckNoBody(head, "8"u8) is { } body) return body;
        if ((CheckKey(head, Key1) ?? CheckKey(head, Key2)) is { } key) return key;
        if (EarlyHandshake.ReadSubProtocols(head, Prefix + "Protocol", out IReadOnlyList<string> offered) is { } bad) return bad;
        return ServerHandshakeResult.WebSocket(head, offered, []);
    }

    /// <summary>The head of the answer (hixie-76 §5.2). The sixteen bytes of <see cref="Answer"/> follow as soon as the client's eight are there.</summary>
    public static HeadWriter WriteResponse(RequestHead head, bool secure, string? subProtocol, IEnumerable<KeyValuePair<string, string>>? headers)
    {
        HeadWriter answer = HeadWriter.Response(101, "WebSocket Protocol Handshake").Own("Upgrade"u8, "WebSocket"u8).Own("Connection"u8, "Upgrade"u8);
        if (head["Origin"] is { } origin) answer.Field(Prefix + "Origin", origin);
        answer.Field(Prefix + "Location", EarlyHandshake.Location(head, secure));
        if (subProtocol is not null) answer.Field(Prefix + "Protocol", subProtocol);
        return EarlyHandshake.Add(answer, headers);
    }

    /// <summary>The answer to a challenge whose head was found good.</summary>
    public static byte[] Answer(RequestHead head, ReadOnlySpan<byte> key3) => ChallengeKeys.Answer(head[Key1]!, head[Key2]!, key3);

    /// <summary>The request, its eight bytes included (hixie-76 §4.1).</summary>
    /// <param name="request">What to ask for.</param>
    /// <param name="draw">Randomness, as <see cref="ChallengeKeys.Generate"/> takes it.</param>
    /// <param name="several">Whether several subprotocols may be offered, as in August 2010.</param>
    /// <param name="host">The Host header.</param>
    /// <param name="answer">The sixteen bytes to expect.</param>
    /// <exception cref="ArgumentException">Something in the request cannot be sent; the message names it.</exception>
    public static byte[] BuildRequest(ClientHandshakeRequest request, Func<int, int> draw, bool several, out string host, out byte[] answer)
    {
        HeadWriter head = ClientHandshake.Begin(request, out host);
        string first = ChallengeKeys.Generate(draw);
        string second = ChallengeKeys.Generate(draw);
        Span<byte> third = stackalloc byte[ChallengeKeys.KeyBytes];
        foreach (ref byte b in third) b = (byte)draw(256);
        answer = ChallengeKeys.Answer(first, second, third);

        head.Field("Host", host).Own("Upgrade"u8, "WebSocket"u8).Own("Connection"u8, "Upgrade"u8);
        head.Field("Origin", EarlyHandshake.OriginOf(request, host));
        if (request.SubProtocols.Count > 1 && !several) throw new ArgumentException("hixie-76 offers one subprotocol at most.", nameof(request));
        if (request.SubProtocols.Count > 0) head.Field(Prefix + "Protocol", ClientHandshake.JoinSubProtocols(request.SubProtocols, " "));
        head.Field(Key1, first).Field(Key2, second);
        return ClientHandshake.AddRest(head, request).End(third);
    }

    /// <summary>Judges the head of the answer (hixie-76 §4.1).</summary>
    public static ClientHandshakeResult Verify(ResponseHead head, ClientHandshakeRequest request, string host)
    {
        if (head.StatusCode != 101)
            return EarlyHandshake.Failed(ClientHandshakeError.Status, $"The server answered with status {head.StatusCode} instead of 101.");
        if (!head.TryGetSingle("upgrade"u8, out ReadOnlySpan<byte> upgrade) || !Ascii.EqualsIgnoreCase(upgrade, "websocket"u8))
            return EarlyHandshake.Failed(ClientHandshakeError.Upgrade, "The server's Upgrade header is not 'WebSocket', once.");
        return head.HasToken("connection"u8, "upgrade"u8)
            ? EarlyHandshake.VerifyEchoes(head, Prefix, request, host)
            : EarlyHandshake.Failed(ClientHandshakeError.Connection, "The server's Connection header does not list 'Upgrade'.");
    }

    private static HandshakeRejection? CheckKey(RequestHead head, string name)
    {
        if (head.CountOf(Encoding.ASCII.GetBytes(name)) != 1) return EarlyHandshake.Bad(HandshakeError.Key, $"The {name} header is not there once.");
        return ChallengeKeys.TryDecode(head[name], out _)
            ? null
            : EarlyHandshake.Bad(HandshakeError.Key, $"The {name} header has no digits, no spaces, more than 32 bits, or its digits are no multiple of its spaces.");
    }
}
