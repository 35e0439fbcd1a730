using Sockeye.Server;

namespace Sockeye;

/// <summary>A handshake that waits for the application's answer, of <see cref="WebSocketServer.AcceptRequestsAsync"/>. Answer it once, within the handshake timeout.</summary>
public sealed class PendingRequest
{
    private readonly OpeningGate _gate;
    private readonly OpeningDecision _decision;

    internal PendingRequest(OpeningGate gate, OpeningRequest request, OpeningDecision decision) =>
        (_gate, Request, _decision) = (gate, request, decision);

    /// <summary>What is asked.</summary>
    public OpeningRequest Request { get; }

    /// <summary>Whether it still can be answered.</summary>
    internal bool IsWaiting => _gate.IsWaiting;

    /// <summary>Opens the connection, which is the caller's to dispose.</summary>
    /// <remarks>What <see cref="WebSocketServerOptions.OnRequest"/> decided holds as far as nothing else is said here; its headers are sent too.</remarks>
    /// <param name="subProtocol">One of those the client offered; null keeps what the server's settings chose.</param>
    /// <param name="headers">More response headers.</param>
    /// <exception cref="InvalidOperationException">The request was answered already, timed out, or the client has gone.</exception>
    /// <exception cref="ArgumentException">A header cannot be sent, or the subprotocol was not offered.</exception>
    public Task<WebSocketConnection> AcceptAsync(
        string? subProtocol = null, IEnumerable<KeyValuePair<string, string>>? headers = null) =>
        _gate.OpenAsync(OpeningDecision.Accept(
            subProtocol ?? _decision.SubProtocol, [.. _decision.Headers, .. headers ?? []], _decision.UserState));

    /// <summary>Refuses the connection with an HTTP response.</summary>
    /// <param name="statusCode">300 to 599.</param>
    /// <param name="body">Plain text for the client.</param>
    /// <param name="headers">More response headers.</param>
    /// <exception cref="InvalidOperationException">The request was answered already, timed out, or the client has gone.</exception>
    public Task RejectAsync(int statusCode, string body = "", IEnumerable<KeyValuePair<string, string>>? headers = null)
    {
        _gate.Refuse(OpeningDecision.Reject(statusCode, body, headers));
        return Task.CompletedTask;
    }
}
