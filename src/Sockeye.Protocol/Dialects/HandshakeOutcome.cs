using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Handshake;

namespace Sockeye;

/// <summary>What came of a request: a handshake that may be accepted, or why it is refused. Immutable; nothing is sent before somebody sends it.</summary>
public sealed class HandshakeOutcome
{
    private readonly Dialect _dialect;
    private readonly bool _isSecure;

    internal HandshakeOutcome(
        RequestHead head,
        bool isSecure,
        Dialect dialect,
        IReadOnlyList<string> offered,
        string? subProtocol,
        string? extensions,
        HandshakeRejection? rejection)
    {
        (Head, _isSecure, _dialect, OfferedSubProtocols, Rejection) = (head, isSecure, dialect, offered, rejection);
        SubProtocol = rejection is null ? subProtocol : null;
        Extensions = extensions;
    }

    /// <summary>The request: method, target, host, origin, keys and all.</summary>
    public RequestHead Head { get; }

    /// <summary>Whether the handshake is good by the rules. It may be refused all the same: then send another response.</summary>
    public bool IsAccepted => Rejection is null;

    /// <summary>Why not; null if it is good.</summary>
    public HandshakeRejection? Rejection { get; }

    /// <summary>The cause of the refusal, for programs; null if the handshake is good.</summary>
    public HandshakeError? Error => Rejection?.Error;

    /// <summary>The cause in English; "" if the handshake is good.</summary>
    public string Message => Rejection?.Message ?? "";

    /// <summary>The dialect; <see cref="WebSocketDialects.None"/> if the handshake is refused.</summary>
    public WebSocketDialects Dialect => IsAccepted ? _dialect.Name : WebSocketDialects.None;

    /// <summary>What the client offers, its favourite first.</summary>
    public IReadOnlyList<string> OfferedSubProtocols { get; }

    /// <summary>The subprotocol that the rules chose; null for none.</summary>
    public string? SubProtocol { get; }

    /// <summary>
    /// The extensions that are agreed on, as they stand in the response, by <see cref="HandshakeRules.Deflate"/>; null for none. Whoever sends
    /// <see cref="ToResponse"/> has to speak them from then on.
    /// </summary>
    public string? Extensions { get; }

    /// <summary>
    /// How many bytes of the client behind its request's head belong to the handshake still: 8 in hixie-76, 0 in most dialects.
    /// Send <see cref="ToResponse"/> before they come, since proxies hold them back; then <see cref="AnswerChallenge"/>.
    /// </summary>
    public int ChallengeBytes => IsAccepted && _dialect.Handshake == HandshakeKind.Challenge ? ChallengeKeys.KeyBytes : 0;

    /// <summary>The response as bytes: the head of a 101, or the refusal, after which the connection is to be closed.</summary>
    /// <param name="headers">More headers of a 101, such as Set-Cookie; of a refusal they are ignored.</param>
    /// <exception cref="ArgumentException">A header is malformed or belongs to the handshake.</exception>
    public byte[] ToResponse(IEnumerable<KeyValuePair<string, string>>? headers = null) =>
        Rejection?.ToResponse(omitBody: Head.Method == "HEAD")
        ?? DialectHandshake.BuildResponse(_dialect, Head, _isSecure, SubProtocol, Extensions, headers);

    /// <summary>The bytes that follow <see cref="ToResponse"/> once the client's <see cref="ChallengeBytes"/> are there.</summary>
    /// <param name="bytes">Exactly as many bytes as <see cref="ChallengeBytes"/> says.</param>
    /// <exception cref="InvalidOperationException">The handshake has no challenge, or is refused.</exception>
    /// <exception cref="ArgumentException">There are not as many bytes.</exception>
    public byte[] AnswerChallenge(ReadOnlySpan<byte> bytes) => ChallengeBytes > 0
        ? Hixie76Handshake.Answer(Head, bytes)
        : throw new InvalidOperationException("This handshake has no challenge: look at ChallengeBytes before.");
}
