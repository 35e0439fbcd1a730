using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sockeye.Interop.Tests.Peers;
using Sockeye.Tests.Support;
using static Sockeye.Interop.Tests.AspNetCore.ReverseProxyKind;

namespace Sockeye.Interop.Tests.AspNetCore;

/// <summary>Behind other people's reverse proxies: endpoints of an application, and our own server.</summary>
public sealed class ReverseProxyTests
{
    private static readonly string[] s_scripts =
    [
        "echo-text", "echo-binary", "fragments", "ping", "big", "close-from-client",
        "close-from-server", "ping-from-server", "fragments-from-server", "big-from-server",
    ];

    [Theory]
    [InlineData(Nginx, false)]
    [InlineData(Nginx, true)]
    [InlineData(HaProxy, false)]
    [InlineData(HaProxy, true)]
    public async Task An_endpoint_is_reached(ReverseProxyKind kind, bool tls)
    {
        await using var site = await Site.StartAsync(HttpProtocols.Http1, compression: new CompressionOptions());
        await using var proxy = await ReverseProxy.StartAsync(kind, site.Page, tls);
        string url = $"{(tls ? "wss" : "ws")}://127.0.0.1:{proxy.Port}/ws";
        foreach (string script in s_scripts)
        {
            // A page's origin has the scheme that the browser sees, which the application knows by the forwarded header.
            string[] options = ["--deflate", "--subprotocol", "chat", "--origin", url.Replace("ws", "http", StringComparison.Ordinal)[..^"/http".Length]];
            var (passed, output) = await PeerProcess.PlayAsync(PeerKind.Node, url, script, [.. options, .. tls ? new[] { "--insecure" } : []]);
            Assert.True(passed, $"{script}: {output}");
            Assert.Contains("permessage-deflate", output, StringComparison.Ordinal);
            Assert.Contains("chat", output, StringComparison.Ordinal);
        }

        Assert.All(site.Handshakes, handshake => Assert.Equal("GET HTTP/1.1", handshake));
    }

    [Theory]
    [InlineData(Nginx, ServerTransport.Epoll)]
    [InlineData(Nginx, ServerTransport.Sockets)]
    [InlineData(HaProxy, ServerTransport.Epoll)]
    [InlineData(HaProxy, ServerTransport.Sockets)]
    public async Task Our_own_server_is_reached(ReverseProxyKind kind, ServerTransport transport)
    {
        await using var server = await CommandServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Transport = transport });
        await using var proxy = await ReverseProxy.StartAsync(kind, (await server.Started)[0]);
        foreach (string script in s_scripts)
        {
            var (passed, output) = await PeerProcess.PlayAsync(PeerKind.Node, $"ws://127.0.0.1:{proxy.Port}/", script);
            Assert.True(passed, $"{script}: {output}");
        }
    }

    [Theory]
    [InlineData(Nginx)]
    [InlineData(HaProxy)]
    public async Task Either_end_that_vanishes_is_seen_by_the_other(ReverseProxyKind kind)
    {
        await using var site = await Site.StartAsync(HttpProtocols.Http1);
        await using var proxy = await ReverseProxy.StartAsync(kind, site.Page);
        var url = new Uri($"ws://127.0.0.1:{proxy.Port}/ws");
        await using (var client = await WebSocketClient.ConnectAsync(url).Soon())
        {
            Assert.True(await client.PingAsync().Soon() > TimeSpan.Zero);
            client.Abort();
            Assert.Equal(CloseCode.Abnormal, (await site.Latest!.Closed.Soon()).Code);
        }

        await using (var client = await WebSocketClient.ConnectAsync(url).Soon())
        {
            await client.SendAsync("""{"cmd":"drop"}""");
            Assert.Equal(CloseCode.Abnormal, (await client.Closed.Soon()).Code);
        }
    }

    [Theory]
    [InlineData(Nginx)]
    [InlineData(HaProxy)]
    public async Task A_refusal_arrives_with_its_reason(ReverseProxyKind kind)
    {
        await using var site = await Site.StartAsync(HttpProtocols.Http1);
        await using var proxy = await ReverseProxy.StartAsync(kind, site.Page);
        var options = new WebSocketClientOptions { Origin = "https://elsewhere.example" };
        var refused = await Assert.ThrowsAsync<WebSocketHandshakeException>(
            () => WebSocketClient.ConnectAsync(new Uri($"ws://127.0.0.1:{proxy.Port}/ws"), options).Soon());
        Assert.Equal((int)HttpStatusCode.Forbidden, refused.StatusCode);
    }
}
