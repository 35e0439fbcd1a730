using System.Globalization;
using Sockeye.Interop.Tests.Browser;
using Sockeye.Interop.Tests.Cli;
using Sockeye.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Sockeye.Interop.Tests.Examples;

/// <summary>The program HyperClient: its page in a browser, its echo, its heartbeat, its list of connections.</summary>
public sealed class HyperClientTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task The_page_shows_the_conversation_as_text()
    {
        await using var program = await SockeyeProcess.ExampleAsync("HyperClient");
        await using var tab = await chromium.OpenAsync(Http(program, "/client"));
        await Expect(tab.Page).ToHaveTitleAsync("Hyper client");
        var lines = tab.Page.Locator("li");
        await Expect(lines).ToHaveTextAsync(["server: Welcome to simple echo server", "server: Connection open!"]);

        const string hostile = "<img src=x onerror=\"document.title='injected'\">";
        await tab.Page.Locator("input").FillAsync(hostile);
        await tab.Button("Send Message").ClickAsync();
        await tab.Page.Locator("input").FillAsync("second");
        await tab.Page.Locator("input").PressAsync("Enter");
        await Expect(lines).ToHaveCountAsync(6);
        var texts = await lines.AllTextContentsAsync();
        Assert.Equal(
            ["server: " + hostile, "server: second", "user: " + hostile, "user: second"], texts.Skip(2).Order(StringComparer.Ordinal));
        Assert.Equal(0, await tab.Page.Locator("img").CountAsync());
        await Expect(tab.Page).ToHaveTitleAsync("Hyper client");
        Assert.Empty(tab.Complaints);
        Assert.StartsWith("the page is http://", await program.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("Received: Connection open!", await program.ReadLineAsync());
        Assert.Equal("Received: " + hostile, await program.ReadLineAsync());

        Assert.Equal(1, await CountAsync(program));
        await tab.Page.GotoAsync("about:blank");
        await CountBecomesAsync(program, 0);
    }

    [Fact]
    public async Task The_echo_keeps_the_type_and_answers_no_ping_with_a_message()
    {
        await using var program = await SockeyeProcess.ExampleAsync("HyperClient");
        await using var client = await WebSocketClient.ConnectAsync(program.Url).Soon();
        Assert.Equal("Welcome to simple echo server", (await client.ReceiveAsync().Soon()).ToString());
        await client.PingAsync().Soon();
        await client.SendAsync("text");
        Assert.Equal("text", (await client.ReceiveAsync().Soon()).ToString());
        await client.SendAsync(new byte[] { 0xFF }, MessageType.Binary);
        Assert.Equal([0xFF], (await client.ReceiveAsync().Soon()).ToArray());
        Assert.True((await client.CloseAsync().Soon()).IsClean);
    }

    [Fact]
    public async Task The_heartbeat_finds_who_is_gone_and_the_list_shrinks()
    {
        await using var program = await SockeyeProcess.ExampleAsync("HyperClient", "--heartbeat", "1");
        await using var alive = await WebSocketClient.ConnectAsync(program.Url).Soon();
        using var mute = await RawClient.ConnectAsync(program.Url);
        await mute.SendAsync(
            $"GET /ws HTTP/1.1\r\nHost: {new Uri(program.Url).Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await CountBecomesAsync(program, 2);
        await CountBecomesAsync(program, 1);
        await alive.PingAsync().Soon();
        alive.Abort();
        await CountBecomesAsync(program, 0);
    }

    internal static async Task CountBecomesAsync(SockeyeProcess program, int count)
    {
        for (int i = 0; await CountAsync(program) is var now && now != count; i++)
        {
            Assert.True(i < 600, $"There are {now} connections, not {count}.");
            await Task.Delay(50);
        }
    }

    private static async Task<int> CountAsync(SockeyeProcess program)
    {
        using var http = new HttpClient();
        return int.Parse(await http.GetStringAsync(Http(program, "/connections")).Soon(), CultureInfo.InvariantCulture);
    }

    private static string Http(SockeyeProcess program, string path) => $"http://{new Uri(program.Url).Authority}{path}";
}
