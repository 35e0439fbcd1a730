using Sockeye.Interop.Tests.Peers;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests;

/// <summary>The dialects of 2010 and 2011 with ends that speak them and are not ours: hixie-75 and hixie-76 as client, hybi-08 in both roles.</summary>
public sealed class DraftTests
{
    public static TheoryData<WebSocketDialects, string> Dialects => new()
    {
        { WebSocketDialects.Rfc6455, "hybi-13" },
        { WebSocketDialects.Hixie76, "hixie-76" },
        { WebSocketDialects.Hixie75, "hixie-75" },
    };

    [Theory, MemberData(nameof(Dialects))]
    public async Task A_server_of_the_drafts_is_understood(WebSocketDialects dialect, string version)
    {
        await using var peer = await PeerProcess.ServeAsync(PeerKind.Drafts);
        for (int i = 0; i < 20; i++) // another challenge each time
        {
            await using var connection = await WebSocketClient.ConnectAsync(
                $"ws://127.0.0.1:{peer.Port}/path?query", new WebSocketClientOptions { Dialect = dialect });
            await connection.SendAsync("""{"cmd":"version"}""");
            Assert.Equal(version, (await connection.ReceiveAsync().Soon()).ToString());
            foreach (string text in (string[])["hello", "", "Gr\u00FC\u00DFe \U0001F30D", new('x', 100_000)])
            {
                var sending = connection.SendAsync(text);
                Assert.Equal(text, (await connection.ReceiveAsync().Soon()).ToString());
                await sending.Soon();
            }

            if (i % 2 == 0)
            {
                await connection.SendAsync("""{"cmd":"close"}""");
                Assert.True((await connection.ReceiveAsync().Soon()).IsClose);
                Assert.Equal((CloseInitiator.Remote, true), ((await connection.Closed.Soon()).Initiator, (await connection.Closed).IsClean));
            }
            else
            {
                Assert.True((await connection.CloseAsync().Soon()).IsClean);
            }
        }
    }

    [Fact]
    public async Task A_server_of_hybi_08_is_understood()
    {
        await using var peer = await PeerProcess.ServeAsync(PeerKind.Node, "--subprotocol", "chat");
        var options = new WebSocketClientOptions { Dialect = WebSocketDialects.Hybi08, Origin = "http://localhost", SubProtocols = { "chat" } };
        await using var connection = await WebSocketClient.ConnectAsync($"ws://127.0.0.1:{peer.Port}/", options);
        Assert.Equal((WebSocketDialects.Hybi08, "chat"), (connection.Dialect, connection.SubProtocol));
        await connection.SendAsync("hello");
        Assert.Equal("hello", (await connection.ReceiveAsync().Soon()).ToString());
        await connection.SendAsync(new byte[] { 1, 2, 3 });
        Assert.Equal([1, 2, 3], (await connection.ReceiveAsync().Soon()).ToArray());
        await connection.PingAsync().Soon();
        await connection.SendAsync("""{"cmd":"close","code":1008,"reason":"later"}"""); // a code that version 8 got only after its first drafts
        Assert.True((await connection.ReceiveAsync().Soon()).IsClose);
        var closed = await connection.Closed.Soon();
        Assert.Equal((CloseCode.PolicyViolation, "later", true), (closed.Code, closed.Reason, closed.IsClean));
    }

    [Theory]
    [InlineData("echo-text")]
    [InlineData("echo-binary")]
    [InlineData("fragments")]
    [InlineData("ping")]
    [InlineData("big")]
    [InlineData("close-from-client")]
    [InlineData("close-from-server")]
    [InlineData("ping-from-server")]
    [InlineData("fragments-from-server")]
    public async Task A_client_of_hybi_08_plays_its_script(string script)
    {
        await using var server = await CommandServer.StartAsync(
            new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Dialects = WebSocketDialects.All });
        var url = (await server.Started)[0];
        var (passed, output) = await PeerProcess.PlayAsync(
            PeerKind.Node, url.ToString(), script, "--version", "8", "--origin", url.GetLeftPart(UriPartial.Authority).Replace("ws:", "http:", StringComparison.Ordinal));
        Assert.True(passed, output);
    }

    [Fact]
    public async Task A_page_of_another_site_is_refused_by_the_header_of_hybi_08()
    {
        await using var server = await CommandServer.StartAsync(
            new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Dialects = WebSocketDialects.All });
        var (passed, output) = await PeerProcess.PlayAsync(
            PeerKind.Node, (await server.Started)[0].ToString(), "echo-text", "--version", "8", "--origin", "http://evil.example");
        Assert.False(passed);
        Assert.Contains("403", output, StringComparison.Ordinal);
    }
}
