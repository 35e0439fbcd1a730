using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sockeye.AspNetCore;
using Sockeye.Diagnostics;

namespace Sockeye;

/// <summary>WebSockets within a request of ASP.NET Core.</summary>
public static class WebSocketHttpContextExtensions
{
    /// <summary>
    /// Serves this request as a WebSocket until the connection is at its end; a request that is no good handshake is answered with the
    /// reason (426, 400, 403, 405). Over HTTP/1.1 and HTTP/2.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="handler">Runs for the connection. When it returns, the connection is closed with 1000; when it throws, with 1011.</param>
    /// <param name="options">Whom to let in, and what holds for the connection; the safe defaults if null.</param>
    /// <returns>A task that completes when the connection has ended: the request must last as long.</returns>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static Task AcceptSockeyeAsync(
        this HttpContext context, Func<WebSocketConnection, Task> handler, WebSocketEndpointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return ServeAsync(context, Check(options), handler, null);
    }

    /// <summary>Serves this request as a WebSocket whose handler sees each message in place.</summary>
    /// <inheritdoc cref="AcceptSockeyeAsync(HttpContext, Func{WebSocketConnection, Task}, WebSocketEndpointOptions?)"/>
    /// <param name="context">The request.</param>
    /// <param name="handler">Sees the messages.</param>
    /// <param name="options">Whom to let in, and what holds for the connection; the safe defaults if null.</param>
    public static Task AcceptSockeyeAsync(this HttpContext context, WebSocketHandler handler, WebSocketEndpointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return ServeAsync(context, Check(options), null, handler);
    }

    internal static WebSocketEndpointOptions Check(WebSocketEndpointOptions? options)
    {
        return WebSocketOptions.Take(options ?? new WebSocketEndpointOptions());
    }

    internal static async Task ServeAsync(
        HttpContext context, WebSocketEndpointOptions options, Func<WebSocketConnection, Task>? handler, WebSocketHandler? zeroCopy)
    {
        ArgumentNullException.ThrowIfNull(context);
        var logger = GuardedLogger.From(options.LoggerFactory ?? context.RequestServices?.GetService<ILoggerFactory>(), "Sockeye.Server");
        var handshake = HttpHandshake.Examine(context, options, logger);
        if (handshake.Rejection is { } rejection)
        {
            Log.HandshakeRefused(logger, null, rejection.StatusCode, rejection.Message);
            await handshake.RefuseAsync().ConfigureAwait(false);
            return;
        }

        var opened = await EndpointConnection.OpenAsync(context, handshake, options, zeroCopy, logger).ConfigureAwait(false);
        await opened.RunAsync(handler, logger).ConfigureAwait(false);
    }
}
