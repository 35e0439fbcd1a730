using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Sockeye.AspNetCore;
using Sockeye.Interop.Tests.Peers;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.AspNetCore;

/// <summary>An application on Kestrel: a page at <c>/</c>, and at <c>/ws</c> a WebSocket of ours that echoes and knows the commands of tests/interop-peers.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _handshakes = new();

    private Site(WebApplication app) => _app = app;

    public Uri Page => new(_app.Urls.Single());

    public Uri Url => new(_app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal) + "/ws");

    /// <summary>How each connection was asked for, as the application sees it.</summary>
    public IEnumerable<string> Handshakes => _handshakes;

    /// <summary>The latest connection.</summary>
    public WebSocketConnection? Latest { get; private set; }

    public static async Task<Site> StartAsync(HttpProtocols protocols, bool tls = false, CompressionOptions? compression = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (tls)
            {
                listen.UseHttps(TestCertificate.Localhost);
            }
        }));
        var app = builder.Build();
        var site = new Site(app);
        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto });
        app.MapGet("/", () => Results.Content("<!doctype html><link rel=icon href=data:,><title>a page</title>", "text/html"));
        app.MapWebSocket("/ws", site.ServeAsync, options =>
        {
            options.MaxMessageBytes = 8 << 20;
            options.SubProtocols.Add("chat");
            options.Compression = compression;
        });
        await app.StartAsync();
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private Task ServeAsync(HttpContext context, WebSocketConnection connection)
    {
        _handshakes.Enqueue($"{context.Request.Method} {context.Request.Protocol}");
        Latest = connection;
        return CommandServer.ServeAsync(connection);
    }
}
