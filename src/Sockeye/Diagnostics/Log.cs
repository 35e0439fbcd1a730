using System.Net;
using Microsoft.Extensions.Logging;

namespace Sockeye.Diagnostics;

/// <summary>Every line that the library logs. Peers' faults are information; only faults of the application or of ours are errors.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Url}; transport: {Transport}")]
    public static partial void Listening(ILogger logger, string url, string transport);

    [LoggerMessage(2, LogLevel.Information, "Stopping; open connections: {Connections}")]
    public static partial void Stopping(ILogger logger, int connections);

    [LoggerMessage(3, LogLevel.Warning, "Accepting on {Url} failed; trying again shortly")]
    public static partial void AcceptFailed(ILogger logger, string url, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "Refused {Remote}: {Limit} connections are the limit")]
    public static partial void TooManyConnections(ILogger logger, EndPoint? remote, int limit);

    [LoggerMessage(5, LogLevel.Information, "Refused the handshake of {Remote} with {Status}: {Reason}")]
    public static partial void HandshakeRefused(ILogger logger, EndPoint? remote, int status, string reason);

    [LoggerMessage(6, LogLevel.Debug, "No handshake from {Remote}: {Reason}")]
    public static partial void HandshakeAbandoned(ILogger logger, EndPoint? remote, string reason);

    [LoggerMessage(7, LogLevel.Debug, "Connection {Id} opened with {Remote}, subprotocol '{SubProtocol}'")]
    public static partial void Opened(ILogger logger, long id, EndPoint? remote, string? subProtocol);

    [LoggerMessage(8, LogLevel.Debug, "Connection {Id} closed: {Code} {Reason}, begun by {Initiator}, clean {IsClean}")]
    public static partial void Closed(ILogger logger, long id, int code, string reason, CloseInitiator initiator, bool isClean);

    [LoggerMessage(9, LogLevel.Information, "Connection {Id} failed with {Code}: {Rule} ({Section})")]
    public static partial void Violated(ILogger logger, long id, int code, string rule, string section);

    [LoggerMessage(10, LogLevel.Error, "Connection {Id}: the handler failed; the connection is closed with 1011")]
    public static partial void HandlerFailed(ILogger logger, long id, Exception error);

    [LoggerMessage(11, LogLevel.Error, "Connection {Id}: a subscriber to control frames failed")]
    public static partial void ControlFrameHandlerFailed(ILogger logger, long id, Exception error);

    [LoggerMessage(12, LogLevel.Error, "The request hook failed; the handshake of {Remote} is refused with 500")]
    public static partial void RequestHookFailed(ILogger logger, EndPoint? remote, Exception error);

    [LoggerMessage(13, LogLevel.Critical, "Connection {Id}: an internal error; the connection is cut")]
    public static partial void InternalError(ILogger logger, long id, Exception error);

    [LoggerMessage(14, LogLevel.Debug, "TLS with {Remote} failed")]
    public static partial void TlsFailed(ILogger logger, EndPoint? remote, Exception error);

    [LoggerMessage(15, LogLevel.Information, "Connection {Id}: {Why}; the link is cut")]
    public static partial void Cut(ILogger logger, long id, string why);

    [LoggerMessage(16, LogLevel.Debug, "The handler of {Source} has held its event loop up for {Milliseconds} ms: the loop goes on with another thread")]
    public static partial void LoopTaken(ILogger logger, string source, long milliseconds);

    [LoggerMessage(EventId = 17, Message = "The handler of {Source} returned after {Milliseconds} ms")]
    public static partial void StuckReturned(ILogger logger, LogLevel level, string source, long milliseconds);

    [LoggerMessage(18, LogLevel.Error, "{Limit} threads are stuck in handlers: event loops wait for theirs from now on")]
    public static partial void TooManyStuck(ILogger logger, int limit);

    [LoggerMessage(19, LogLevel.Warning, "The handler of {Source} holds its event loop up again and again: it runs on the thread pool from now on")]
    public static partial void MovedToPool(ILogger logger, string source);

    [LoggerMessage(20, LogLevel.Warning, "The handler of {Source} blocks, for {Milliseconds} ms by now; its event loop goes on with another thread")]
    public static partial void HandlerBlocks(ILogger logger, string source, long milliseconds);

    [LoggerMessage(21, LogLevel.Warning, "Messages cannot be compressed on this machine, and are sent as they are")]
    public static partial void NoDeflate(ILogger logger, Exception why);

    [LoggerMessage(22, LogLevel.Error, "A handler of an event of the socket to {Url} failed")]
    public static partial void EventHandlerFailed(ILogger logger, string url, Exception error);

    [LoggerMessage(23, LogLevel.Critical, "The opening handshake of {Remote}: an internal error; the link is cut")]
    public static partial void OpeningFailed(ILogger logger, EndPoint? remote, Exception error);

    [LoggerMessage(24, LogLevel.Warning, "The socket's file {Path} cannot be deleted")]
    public static partial void SocketFileStays(ILogger logger, string path, Exception error);
}
