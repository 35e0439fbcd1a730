using Sockeye.Protocol.Handshake;

namespace Sockeye.Protocol.Dialects;

/// <summary>The client's side of every dialect's handshake: a request, and what its answer has to be.</summary>
internal sealed class DialectOffer
{
    private readonly Dialect _dialect;
    private readonly ClientHandshakeRequest _request;
    private readonly string _key = "";
    private readonly string _host = "";

    /// <summary>Makes a request.</summary>
    /// <param name="dialect">The dialect to speak.</param>
    /// <param name="request">What to ask for.</param>
    /// <param name="entropy">16 random bytes, for the dialects whose key is made of them.</param>
    /// <param name="draw">Randomness for the others, as <see cref="ChallengeKeys.Generate"/> takes it.</param>
    /// <exception cref="ArgumentException">Something in the request cannot be sent; the message names it.</exception>
    public DialectOffer(Dialect dialect, ClientHandshakeRequest request, ReadOnlySpan<byte> entropy, Func<int, int> draw)
    {
        (_dialect, _request) = (dialect, request);
        switch (dialect.Handshake)
        {
            case HandshakeKind.Challenge:
                Bytes = Hixie76Handshake.BuildRequest(request, draw, dialect.Framing == Framing.FramingKind.TypeLength, out _host, out byte[] answer);
                Answer = answer;
                break;
            case HandshakeKind.HeadsOnly:
                Bytes = Hixie75Handshake.BuildRequest(request, out _host);
                break;
            default:
                Bytes = ClientHandshake.BuildRequest(request with { Version = dialect.Version }, entropy, out _key);
                break;
        }
    }

    /// <summary>The request, with what belongs behind its head.</summary>
    public byte[] Bytes { get; }

    /// <summary>The bytes that must follow the answer's head; none in most dialects.</summary>
    public ReadOnlyMemory<byte> Answer { get; }

    /// <summary>Judges a server's answer. Throws nothing, whatever the head.</summary>
    /// <param name="head">A final answer, or any with status 101.</param>
    /// <param name="extensions">The names of the extensions that were offered.</param>
    public ClientHandshakeResult Verify(ResponseHead head, IReadOnlyList<string> extensions) => _dialect.Handshake switch
    {
        HandshakeKind.Challenge => Hixie76Handshake.Verify(head, _request, _host),
        HandshakeKind.HeadsOnly => Hixie75Handshake.Verify(head, _request, _host),
        _ => ClientHandshake.Verify(head, _key, _request.SubProtocols, extensions),
    };
}
