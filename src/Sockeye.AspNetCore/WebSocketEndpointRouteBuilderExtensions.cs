using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sockeye.AspNetCore;

namespace Sockeye;

/// <summary>WebSockets as endpoints: with routes, authorization and whatever else endpoints have.</summary>
public static class WebSocketEndpointRouteBuilderExtensions
{
    /// <summary>Serves WebSockets at a route, over HTTP/1.1 and HTTP/2.</summary>
    /// <param name="endpoints">Where to add the route.</param>
    /// <param name="pattern">The route's pattern, such as <c>/chat</c>.</param>
    /// <param name="handler">Runs for each connection. When it returns, the connection is closed with 1000; when it throws, with 1011.</param>
    /// <param name="configure">Whom to let in, and what holds for the connections.</param>
    /// <returns>For conventions such as <c>RequireAuthorization</c>.</returns>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static IEndpointConventionBuilder MapWebSocket(
        this IEndpointRouteBuilder endpoints,
        string pattern,
        Func<WebSocketConnection, Task> handler,
        Action<WebSocketEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(endpoints, pattern, configure, (context, options) => WebSocketHttpContextExtensions.ServeAsync(context, options, handler, null));
    }

    /// <summary>Serves WebSockets at a route, with the request at hand: its user, its services, its route values.</summary>
    /// <inheritdoc cref="MapWebSocket(IEndpointRouteBuilder, string, Func{WebSocketConnection, Task}, Action{WebSocketEndpointOptions}?)"/>
    /// <param name="endpoints">Where to add the route.</param>
    /// <param name="pattern">The route's pattern, such as <c>/chat/{room}</c>.</param>
    /// <param name="handler">Runs for each connection. When it returns, the connection is closed with 1000; when it throws, with 1011.</param>
    /// <param name="configure">Whom to let in, and what holds for the connections.</param>
    public static IEndpointConventionBuilder MapWebSocket(
        this IEndpointRouteBuilder endpoints,
        string pattern,
        Func<HttpContext, WebSocketConnection, Task> handler,
        Action<WebSocketEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(endpoints, pattern, configure, (context, options) =>
            WebSocketHttpContextExtensions.ServeAsync(context, options, connection => handler(context, connection), null));
    }

    /// <summary>Serves WebSockets at a route with a handler that sees each message in place.</summary>
    /// <inheritdoc cref="MapWebSocket(IEndpointRouteBuilder, string, Func{WebSocketConnection, Task}, Action{WebSocketEndpointOptions}?)"/>
    /// <param name="endpoints">Where to add the route.</param>
    /// <param name="pattern">The route's pattern, such as <c>/chat</c>.</param>
    /// <param name="handler">Sees the messages of all connections.</param>
    /// <param name="configure">Whom to let in, and what holds for the connections.</param>
    public static IEndpointConventionBuilder MapWebSocket(
        this IEndpointRouteBuilder endpoints,
        string pattern,
        WebSocketHandler handler,
        Action<WebSocketEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Map(endpoints, pattern, configure, (context, options) => WebSocketHttpContextExtensions.ServeAsync(context, options, null, handler));
    }

    private static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder endpoints,
        string pattern,
        Action<WebSocketEndpointOptions>? configure,
        Func<HttpContext, WebSocketEndpointOptions, Task> serve)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = new WebSocketEndpointOptions();
        configure?.Invoke(options);
        options = WebSocketOptions.Take(options); // judged at the start, not at the first request

        // RFC 6455 asks by GET, RFC 8441 by CONNECT; whoever asks by anything else is told so.
        return endpoints.Map(pattern, (RequestDelegate)(context => serve(context, options))).WithDisplayName($"WebSocket {pattern}");
    }
}
