namespace Sockeye.Server;

/// <summary>Refusals that no fault of the request causes.</summary>
internal static class Rejections
{
    public static readonly HandshakeRejection RequestTimeout = new(
        HandshakeError.Timeout, 408, "The request did not arrive in time.");

    public static readonly HandshakeRejection TooSlow = new(
        HandshakeError.Timeout, 503, "The server did not decide in time.");

    public static readonly HandshakeRejection Stopping = new(
        HandshakeError.Unavailable, 503, "The server is stopping.");

    public static readonly HandshakeRejection TooMany = new(
        HandshakeError.Unavailable, 503, "The server has too many connections.");

    public static readonly HandshakeRejection HookFailed = new(
        HandshakeError.Unavailable, 500, "The server failed to decide.");

    public static readonly HandshakeRejection NotFound = new(
        HandshakeError.Path, 404, "There is no WebSocket at this path.");

    public static readonly HandshakeRejection UpgradeRequired = new(
        HandshakeError.Method,
        426,
        "This is a WebSocket: connect to it with a WebSocket client.",
        new KeyValuePair<string, string>("Upgrade", "websocket"));
}
