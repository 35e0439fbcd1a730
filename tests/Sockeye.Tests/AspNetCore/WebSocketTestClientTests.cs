using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.AspNetCore;

/// <summary>Applications under TestServer, whose HTTP has no upgrade.</summary>
public sealed class WebSocketTestClientTests
{
    [Fact]
    public async Task A_connection_passes_the_whole_pipeline()
    {
        await using var app = await StartAsync();
        var options = new WebSocketClientOptions { Headers = { new("X-Name", "ada") } };
        await using var client = await WebSocketTestClient.ConnectAsync(app.GetTestServer().SendAsync, new Uri("ws://localhost/room/tea?cups=2"), options).Soon();
        Assert.Equal("ada in tea with 2 cups, before: yes", (await client.ReceiveAsync().Soon()).ToString());
        byte[] large = new byte[300_000];
        new Random(1).NextBytes(large);
        var sending = client.SendAsync(large).AsTask();
        Assert.True((await client.ReceiveAsync().Soon()).Span.SequenceEqual(large));
        await sending.Soon();
        Assert.True((await client.CloseAsync().Soon()).IsClean);
    }

    [Fact]
    public async Task A_refusal_comes_with_status_and_body()
    {
        await using var app = await StartAsync();
        Func<Action<HttpContext>, CancellationToken, Task<HttpContext>> send = app.GetTestServer().SendAsync;
        var missing = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => WebSocketTestClient.ConnectAsync(send, new Uri("ws://localhost/nowhere")).Soon());
        Assert.Equal(404, missing.StatusCode);
        var foreign = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => WebSocketTestClient.ConnectAsync(
            send, new Uri("ws://localhost/room/tea"), new WebSocketClientOptions { Origin = "https://elsewhere.example" }).Soon());
        Assert.Equal(403, foreign.StatusCode);
    }

    [Fact]
    public async Task The_test_servers_own_client_is_told_what_to_use()
    {
        await using var app = await StartAsync();
        var client = app.GetTestServer().CreateWebSocketClient();
        var error = await Assert.ThrowsAnyAsync<Exception>(() => client.ConnectAsync(new Uri("ws://localhost/room/tea"), CancellationToken.None).Soon());
        Assert.Contains("WebSocketTestClient.ConnectAsync", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            context.Items["before"] = "yes";
            return next(context);
        });
        app.MapWebSocket("/room/{name}", async (context, connection) =>
        {
            var request = context.Request;
            await connection.SendAsync(
                $"{request.Headers["X-Name"]} in {request.RouteValues["name"]} with {request.Query["cups"]} cups, before: {context.Items["before"]}");
            await foreach (var message in connection)
            {
                await connection.SendAsync(message);
            }
        });
        await app.StartAsync();
        return app;
    }
}
