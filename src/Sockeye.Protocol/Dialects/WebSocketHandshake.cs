using System.Diagnostics.CodeAnalysis;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;

namespace Sockeye;

/// <summary>
/// The server's side of the opening handshake for those who have an HTTP server already: a request goes in, an outcome comes out.
/// Pure functions: nothing is read, nothing is sent, nothing is remembered. For any threads.
/// </summary>
/// <example>
/// <code>
/// var outcome = WebSocketHandshake.Verify("GET", "/chat", headers);
/// socket.Send(outcome.ToResponse()); // 101, or the refusal
/// if (outcome.IsAccepted) { /* the bytes that follow are frames */ }
/// </code>
/// </example>
public static class WebSocketHandshake
{
    /// <summary>Reads a request's head from the first bytes of a connection.</summary>
    /// <param name="bytes">All that has come so far.</param>
    /// <param name="head">The head, once it is whole.</param>
    /// <param name="consumed">How many bytes it took: what is behind them is not part of it.</param>
    /// <param name="rejection">Why these bytes cannot begin a head that is accepted; at most 32 KiB and 128 fields are.</param>
    /// <returns>Whether the head is whole. If it is not, and there is no rejection, more bytes are needed.</returns>
    public static bool TryReadRequest(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RequestHead? head, out int consumed, out HandshakeRejection? rejection)
    {
        var reader = new HeadReader(HeadKind.Request);
        HeadStatus status = reader.Read(bytes, out consumed);
        head = status == HeadStatus.Complete ? (RequestHead)reader.Head! : null;
        rejection = status == HeadStatus.Failed ? HandshakeRejection.Of(reader.Error!) : null;
        return head is not null;
    }

    /// <summary>Judges a request that another HTTP server has read.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">The request target: path and query.</param>
    /// <param name="headers">The header fields; a name may come several times.</param>
    /// <param name="rules">The rules; the defaults if null.</param>
    /// <param name="isSecure">Whether the request came over TLS.</param>
    /// <returns>What came of it; a bad request is a value, not an exception.</returns>
    /// <exception cref="ArgumentException">A rule makes no sense, or the parts cannot stand in an HTTP/1.1 request.</exception>
    public static HandshakeOutcome Verify(
        string method, string target, IEnumerable<KeyValuePair<string, string>> headers, HandshakeRules? rules = null, bool isSecure = false) =>
        Verify(RequestHead.Create(method, target, headers), rules, isSecure);

    /// <summary>Judges a request.</summary>
    /// <param name="head">The request's head.</param>
    /// <param name="rules">The rules; the defaults if null.</param>
    /// <param name="isSecure">Whether the request came over TLS.</param>
    /// <returns>What came of it; a bad request is a value, not an exception.</returns>
    /// <exception cref="ArgumentException">A rule makes no sense.</exception>
    public static HandshakeOutcome Verify(RequestHead head, HandshakeRules? rules = null, bool isSecure = false)
    {
        ArgumentNullException.ThrowIfNull(head);
        rules ??= HandshakeRules.Default;
        OriginPolicy origins = rules.Origins; // before all else, since it judges the rules
        ServerHandshakeResult result = DialectHandshake.Examine(head, rules.Dialects, out Dialect dialect);
        string? subProtocol = null;
        HandshakeRejection? rejection = result.Kind == ServerHandshakeKind.PlainHttp
            ? new HandshakeRejection(HandshakeError.NoUpgrade, 426, "The request asks for no WebSocket.", new KeyValuePair<string, string>("Upgrade", "websocket"))
            : result.Rejection
                ?? origins.Check(head, isSecure, dialect.HasDraftOrigin)
                ?? rules.Choice.Choose(head, result.SubProtocols, out subProtocol);
        string? extensions = dialect == Dialect.Rfc6455 && rejection is null && rules.Deflate is { } deflate
            ? DeflateNegotiation.Choose(result.Extensions, deflate.Wishes, out _)
            : null;
        return new HandshakeOutcome(head, isSecure, dialect, result.SubProtocols, subProtocol, extensions, rejection);
    }
}
