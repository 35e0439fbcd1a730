using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.AspNetCore;

/// <summary>One port of Kestrel's for every dialect, and for HTTP.</summary>
public sealed class OlderWebSocketsTests
{
    [Theory]
    [InlineData(WebSocketDialects.Hixie75, "older")]
    [InlineData(WebSocketDialects.Hixie76, "older")]
    [InlineData(WebSocketDialects.Hybi07, "older")]
    [InlineData(WebSocketDialects.Hybi08, "older")]
    [InlineData(WebSocketDialects.Rfc6455, "newer")]
    public async Task Each_dialect_finds_its_server(WebSocketDialects dialect, string answer)
    {
        await using var older = new WebSocketServer(
            new WebSocketServerOptions { Dialects = WebSocketDialects.Hixie75 | WebSocketDialects.Hixie76 | WebSocketDialects.Hybi07 | WebSocketDialects.Hybi08 },
            connection => connection.SendAsync("older").AsTask());
        await using var app = await StartAsync(older);
        var url = new Uri(app.Urls.First().Replace("http", "ws", StringComparison.Ordinal) + "/");
        await using var client = await WebSocketClient.ConnectAsync(url, new WebSocketClientOptions { Dialect = dialect, Origin = "http://" + url.Authority }).Soon();
        Assert.Equal(answer, (await client.ReceiveAsync().Soon()).ToString());
        await client.Closed.Soon();
        using var http = new HttpClient();
        Assert.Equal("plain", await http.GetStringAsync(new Uri(app.Urls.First() + "/plain")).Soon());
        await app.StopAsync().Soon();
    }

    private static async Task<WebApplication> StartAsync(WebSocketServer older)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseOlderWebSockets(older)));
        var app = builder.Build();
        app.MapGet("/plain", () => "plain");
        app.MapWebSocket("/", connection => connection.SendAsync("newer").AsTask());
        await app.StartAsync();
        return app;
    }
}
