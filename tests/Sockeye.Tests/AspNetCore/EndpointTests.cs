using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sockeye.AspNetCore;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.AspNetCore;

/// <summary>Endpoints on Kestrel: over HTTP/1.1 with our client and the base library's, over HTTP/2 with the base library's.</summary>
public sealed class EndpointTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task Messages_of_all_sizes_are_echoed_to_the_base_librarys_client(int version, bool tls)
    {
        await using var app = await StartAsync(app => app.MapWebSocket("/echo", EchoAsync), version, tls);
        using var client = await ConnectAsync(app, version, tls, "/echo");
        foreach (int size in new[] { 0, 1, 125, 126, 65_535, 65_536, 300_000 })
        {
            byte[] message = new byte[size];
            new Random(size).NextBytes(message);
            var sending = client.SendAsync(message, WebSocketMessageType.Binary, true, CancellationToken.None);
            Assert.Equal(message, await ReceiveAsync(client));
            await sending.Soon();
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None).Soon();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Our_client_talks_to_both_kinds_of_handlers(bool zeroCopy)
    {
        await using var app = await StartAsync(app => _ = zeroCopy ? app.MapWebSocket("/echo", new Echo()) : app.MapWebSocket("/echo", EchoAsync));
        await using var client = await WebSocketClient.ConnectAsync(Url(app, "/echo")).Soon();
        for (int i = 0; i < 300; i++)
        {
            await client.SendAsync($"message {i}").AsTask().Soon();
        }

        for (int i = 0; i < 300; i++)
        {
            Assert.Equal($"message {i}", (await client.ReceiveAsync().Soon()).ToString());
        }

        await client.PingAsync().Soon();
        Assert.True((await client.CloseAsync(CloseCode.Normal, "bye").Soon()).IsClean);
    }

    [Fact]
    public async Task Who_breaks_a_rule_reads_why()
    {
        await using var app = await StartAsync(app => app.MapWebSocket("/echo", EchoAsync, options => options.MaxMessageBytes = 10));
        await using var client = await WebSocketClient.ConnectAsync(Url(app, "/echo")).Soon();
        await client.SendAsync("longer than ten bytes").AsTask().Soon();
        Assert.Equal(CloseCode.MessageTooBig, (await client.Closed.Soon()).ReceivedCode);
    }

    [Fact]
    public async Task Subprotocols_compression_and_origins_are_judged_as_by_our_own_server()
    {
        await using var app = await StartAsync(app => app.MapWebSocket("/chat", EchoAsync, options =>
        {
            options.SubProtocols.Add("chat.v2");
            options.RequireSubProtocol = true;
            options.Compression = new CompressionOptions();
        }));
        var offered = new WebSocketClientOptions { SubProtocols = { "chat.v1", "chat.v2" }, Compression = new CompressionOptions() };
        await using var client = await WebSocketClient.ConnectAsync(Url(app, "/chat"), offered).Soon();
        Assert.Equal("chat.v2", client.SubProtocol);
        Assert.StartsWith("permessage-deflate", client.Extensions, StringComparison.Ordinal);
        string text = string.Concat(Enumerable.Repeat("again and again ", 100));
        await client.SendAsync(text).AsTask().Soon();
        Assert.Equal(text, (await client.ReceiveAsync().Soon()).ToString());

        Assert.Equal(400, await RefusedAsync(app, "/chat", new WebSocketClientOptions()));
        Assert.Equal(403, await RefusedAsync(app, "/chat", new WebSocketClientOptions { SubProtocols = { "chat.v2" }, Origin = "https://elsewhere.example" }));
    }

    [Fact]
    public async Task Any_subprotocol_a_selected_one_or_none_is_taken()
    {
        await using var app = await StartAsync(app =>
        {
            app.MapWebSocket("/any", EchoAsync, options => options.AcceptAnySubProtocol = true);
            app.MapWebSocket("/last", EchoAsync, options => options.SelectSubProtocol = (_, offered) => offered.Count > 0 ? offered[^1] : null);
            app.MapWebSocket("/none", EchoAsync, options => options.RefuseUnservedSubProtocols = true);
        });
        var offered = new WebSocketClientOptions { SubProtocols = { "a", "b" } };
        await using var any = await WebSocketClient.ConnectAsync(Url(app, "/any"), offered).Soon();
        await using var last = await WebSocketClient.ConnectAsync(Url(app, "/last"), offered).Soon();
        Assert.Equal(("a", "b"), (any.SubProtocol, last.SubProtocol));
        Assert.Equal(400, await RefusedAsync(app, "/none", offered));
    }

    [Fact]
    public async Task A_request_that_is_no_handshake_is_told_what_lives_there()
    {
        await using var app = await StartAsync(app => app.MapWebSocket("/echo", EchoAsync));
        using var http = new HttpClient();
        var answer = await http.GetAsync(new UriBuilder(Url(app, "/echo")) { Scheme = "http" }.Uri).Soon();
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal("websocket", answer.Headers.Upgrade.ToString());
        Assert.Contains("WebSocket", await answer.Content.ReadAsStringAsync().Soon(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorization_and_services_are_those_of_the_application()
    {
        await using var app = await StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapWebSocket("/room/{name}", async (context, connection) =>
                {
                    var greeter = context.RequestServices.GetRequiredService<Greeter>();
                    await connection.SendAsync(greeter.Greet(context.User.Identity!.Name!, (string)context.Request.RouteValues["name"]!));
                }).RequireAuthorization();
            },
            configure: builder =>
            {
                builder.Services.AddSingleton<Greeter>().AddAuthorization();
                builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, TestAuthentication>("Test", null);
            });
        Assert.Equal(401, await RefusedAsync(app, "/room/tea", new WebSocketClientOptions()));
        var options = new WebSocketClientOptions { Headers = { new("Authorization", "ada") } };
        await using var client = await WebSocketClient.ConnectAsync(Url(app, "/room/tea"), options).Soon();
        Assert.StartsWith("ada, welcome to tea of ", (await client.ReceiveAsync().Soon()).ToString(), StringComparison.Ordinal);
        Assert.Equal(CloseCode.Normal, (await client.Closed.Soon()).ReceivedCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Stopping_the_host_says_1001_and_does_not_wait_for_its_deadline(int version)
    {
        await using var app = await StartAsync(app => app.MapWebSocket("/echo", EchoAsync), version);
        using var client = await ConnectAsync(app, version, tls: false, "/echo");
        var stopping = app.StopAsync();
        var received = await client.ReceiveAsync(new byte[10], CancellationToken.None).Soon();
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(1001, (int)client.CloseStatus!);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Soon();
        await stopping.Soon();
    }

    [Fact]
    public async Task A_client_that_goes_without_a_word_ends_the_request()
    {
        var closed = new TaskCompletionSource<CloseResult>();
        await using var app = await StartAsync(app => app.MapWebSocket("/echo", async connection =>
        {
            await EchoAsync(connection);
            closed.SetResult(await connection.Closed);
        }));
        var client = await WebSocketClient.ConnectAsync(Url(app, "/echo")).Soon();
        client.Abort();
        Assert.Equal(CloseCode.Abnormal, (await closed.Task.Soon()).Code);
    }

    private static async Task<WebApplication> StartAsync(
        Action<WebApplication> map, int version = 1, bool tls = false, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
            if (tls)
            {
                listen.UseHttps(TestCertificate.Localhost);
            }
        }));
        configure?.Invoke(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    private static Uri Url(WebApplication app, string path) => new(app.Urls.First().Replace("http", "ws", StringComparison.Ordinal) + path);

    private static async Task<ClientWebSocket> ConnectAsync(WebApplication app, int version, bool tls, string path)
    {
        var client = new ClientWebSocket();
        client.Options.HttpVersion = new Version(version, version == 2 ? 0 : 1);
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        var invoker = new HttpMessageInvoker(handler); // it lives as long as the connection
        Assert.Equal(tls, app.Urls.First().StartsWith("https", StringComparison.Ordinal));
        await client.ConnectAsync(Url(app, path), invoker, CancellationToken.None).Soon();
        return client;
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket client)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[10_000];
        while (true)
        {
            var part = await client.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().Soon();
            all.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return all.ToArray();
            }
        }
    }

    private static async Task<int> RefusedAsync(WebApplication app, string path, WebSocketClientOptions options) =>
        (await Assert.ThrowsAsync<WebSocketHandshakeException>(() => WebSocketClient.ConnectAsync(Url(app, path), options).Soon())).StatusCode;

    private static async Task EchoAsync(WebSocketConnection connection)
    {
        await foreach (var message in connection)
        {
            await connection.SendAsync(message);
        }
    }

    private sealed class Echo : WebSocketHandler
    {
        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type) =>
            connection.TrySend(payload, type);
    }

    private sealed class Greeter(IHostEnvironment environment)
    {
        public string Greet(string name, string room) => $"{name}, welcome to {room} of {environment.ApplicationName}";
    }

    private sealed class TestAuthentication(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string? name = Request.Headers.Authorization;
            var user = new ClaimsPrincipal(new ClaimsIdentity(name is null ? [] : [new Claim(ClaimTypes.Name, name)], "Test"));
            return Task.FromResult(name is null ? AuthenticateResult.NoResult() : AuthenticateResult.Success(new AuthenticationTicket(user, "Test")));
        }
    }
}
