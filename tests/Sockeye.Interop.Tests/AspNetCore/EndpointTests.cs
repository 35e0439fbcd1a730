using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sockeye.Interop.Tests.Browser;
using Sockeye.Interop.Tests.Peers;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.AspNetCore;

/// <summary>Endpoints of an application with other people's clients. What the application saw proves which HTTP it was.</summary>
public sealed class EndpointTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData(false, HttpProtocols.Http1, false, "GET HTTP/1.1")]
    [InlineData(true, HttpProtocols.Http1, false, "GET HTTP/1.1")]
    [InlineData(true, HttpProtocols.Http1AndHttp2, false, "CONNECT HTTP/2")]
    [InlineData(true, HttpProtocols.Http1AndHttp2, true, "CONNECT HTTP/2")]
    public async Task Chromium(bool tls, HttpProtocols protocols, bool compressed, string handshake)
    {
        await using var site = await Site.StartAsync(protocols, tls, compressed ? new CompressionOptions() : null);
        await using var tab = await chromium.OpenAsync(site.Page.ToString());
        string outcome = await tab.Page.EvaluateAsync<string>(
            """
            url => new Promise(done => {
              const socket = new WebSocket(url, ['news', 'chat']);
              socket.binaryType = 'arraybuffer';
              const bytes = Uint8Array.from({ length: 1 << 20 }, (_, i) => i % 251);
              const text = 'ü'.repeat(100000);
              const back = [];
              socket.onopen = () => {
                socket.send(''); socket.send(text); socket.send(bytes);
                socket.send('{"cmd":"ping","data":"knock"}');
                socket.send('{"cmd":"fragments","parts":["a","b","ç"]}');
                socket.send('{"cmd":"close","code":4001,"reason":"grüß"}');
              };
              socket.onmessage = event => back.push(event.data);
              socket.onclose = closed => {
                const same = new Uint8Array(back[2] ?? []);
                const binary = same.length === bytes.length && same.every((byte, i) => byte === bytes[i]);
                done([socket.protocol, socket.extensions.split(';')[0], back[0] === '', back[1] === text, binary, ...back.slice(3),
                  closed.code, closed.reason, closed.wasClean].join(' '));
              };
            })
            """,
            site.Url.ToString());

        Assert.Equal($"chat {(compressed ? "permessage-deflate" : "")} true true true pong knock abç 4001 grüß true", outcome);
        Assert.Equal([handshake], site.Handshakes);
        Assert.Empty(tab.Complaints);

        await tab.Page.EvaluateAsync(
            "url => new Promise(done => { window.socket = new WebSocket(url); window.socket.onopen = () => done(); })", site.Url.ToString());
        await tab.Page.GotoAsync("about:blank");
        var end = await site.Latest!.Closed.Soon();
        Assert.True(
            end.Code == CloseCode.GoingAway || (protocols != HttpProtocols.Http1 && end.Code == CloseCode.Abnormal), // a stream's reset may overtake the frame
            $"{end}");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Node(bool tls, bool compressed)
    {
        var compression = new CompressionOptions { ServerContextTakeover = true, ClientContextTakeover = true };
        await using var site = await Site.StartAsync(HttpProtocols.Http1AndHttp2, tls, compression);
        foreach (string script in new[]
        {
            "echo-text", "echo-binary", "fragments", "ping", "big", "close-from-client",
            "close-from-server", "ping-from-server", "fragments-from-server", "big-from-server",
        })
        {
            string[] options = ["--subprotocol", "chat", .. tls ? new[] { "--insecure" } : [], .. compressed ? new[] { "--deflate", "--takeover" } : []];
            var (passed, output) = await PeerProcess.PlayAsync(PeerKind.Node, site.Url.ToString(), script, options);
            Assert.True(passed, $"{script}: {output}");
            Assert.Equal(compressed, output.Contains("permessage-deflate", StringComparison.Ordinal));
        }

        Assert.All(site.Handshakes, handshake => Assert.Equal("GET HTTP/1.1", handshake));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_base_librarys_client_over_HTTP_2(bool tls, bool compressed)
    {
        await using var site = await Site.StartAsync(HttpProtocols.Http2, tls, new CompressionOptions());
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
        using var invoker = new HttpMessageInvoker(handler);
        using (var client = await ConnectAsync(site, invoker, compressed))
        {
            Assert.Equal("chat", client.SubProtocol);
            byte[] big = new byte[1 << 20];
            new Random(1).NextBytes(big);
            var sending = client.SendAsync(big, WebSocketMessageType.Binary, true, CancellationToken.None);
            Assert.Equal(big, await ReceiveAsync(client));
            await sending.Soon();
            Assert.Equal("pong knock", await AskAsync(client, """{"cmd":"ping","data":"knock"}"""));
            Assert.Equal("abç", await AskAsync(client, """{"cmd":"fragments","parts":["a","b","ç"]}"""));
            Assert.Contains(compressed ? "permessage-deflate" : "\"extensions\":\"\"", await AskAsync(client, """{"cmd":"about"}"""), StringComparison.Ordinal);
            Assert.Equal("", await AskAsync(client, """{"cmd":"close","code":4001,"reason":"bye"}"""));
            Assert.Equal((4001, "bye"), ((int)client.CloseStatus!, client.CloseStatusDescription));
            await client.CloseOutputAsync(client.CloseStatus.Value, "bye", CancellationToken.None).Soon();
            Assert.True((await site.Latest!.Closed.Soon()).IsClean);
        }

        using (var client = await ConnectAsync(site, invoker, compressed))
        {
            await client.CloseAsync((WebSocketCloseStatus)4000, "done", CancellationToken.None).Soon();
            Assert.Equal(4000, (int)client.CloseStatus!);
        }

        using (var client = await ConnectAsync(site, invoker, compressed))
        {
            client.Abort();
            Assert.Equal(CloseCode.Abnormal, (await site.Latest!.Closed.Soon()).Code);
        }

        using (var client = await ConnectAsync(site, invoker, compressed))
        {
            await Assert.ThrowsAsync<WebSocketException>(() => AskAsync(client, """{"cmd":"drop"}"""));
        }

        Assert.Equal(Enumerable.Repeat("CONNECT HTTP/2", 4), site.Handshakes);
    }

    private static async Task<ClientWebSocket> ConnectAsync(Site site, HttpMessageInvoker invoker, bool compressed)
    {
        var client = new ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.Options.AddSubProtocol("chat");
        client.Options.DangerousDeflateOptions = compressed ? new WebSocketDeflateOptions() : null;
        await client.ConnectAsync(site.Url, invoker, CancellationToken.None).Soon();
        return client;
    }

    private static async Task<string> AskAsync(ClientWebSocket client, string command)
    {
        await client.SendAsync(Encoding.UTF8.GetBytes(command), WebSocketMessageType.Text, true, CancellationToken.None).Soon();
        return Encoding.UTF8.GetString(await ReceiveAsync(client));
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
}
