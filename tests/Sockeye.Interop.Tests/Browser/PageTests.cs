using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Sockeye.Interop.Tests.Cli;
using static Microsoft.Playwright.Assertions;

namespace Sockeye.Interop.Tests.Browser;

/// <summary>The page of <c>sockeye serve</c>, used as a visitor uses it.</summary>
public sealed class PageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string HeightOfLog = "document.getElementById('log').clientHeight";

    [Fact]
    public async Task The_page_connects_and_shows_the_echo_and_its_round_trip()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        await Expect(tab.Message).ToBeFocusedAsync();
        await Expect(tab.RoundTrip).ToHaveTextAsync("–");

        await tab.EchoAsync("hello");
        await Expect(tab.Message).ToHaveValueAsync("");
        await Expect(tab.RoundTrip).ToHaveTextAsync(new Regex(@"^[\d.,]+ ms$"));
        await Expect(tab.Page.Locator("#sent")).ToHaveTextAsync("1");
        await Expect(tab.Page.Locator("#received")).ToHaveTextAsync("1");

        await tab.Message.FillAsync("by the button");
        await tab.Button("Send").ClickAsync();
        await Expect(tab.Texts("received").Last).ToHaveTextAsync("by the button");
        await tab.Message.PressAsync("Enter"); // an empty message is one
        await Expect(tab.Texts("received")).ToHaveCountAsync(3);
        Assert.Empty(tab.Complaints);
    }

    [Theory]
    [InlineData("<img src=x onerror=\"window.harmed = true\">")]
    [InlineData("<script>window.harmed = true</script><b>bold</b> &amp; \"quoted\"")]
    [InlineData("two\n  lines\tand tabs")]
    [InlineData("\U0001F41F \U0001F468‍\U0001F469‍\U0001F467 e\u0301 \u202Eright to left 日本語")]
    public async Task What_is_sent_is_shown_as_text_whatever_it_looks_like(string text)
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        await tab.EchoAsync(text);

        Assert.Equal([text, text], await tab.Page.EvaluateAsync<string[]>(
            "Array.from(document.querySelectorAll('#log [data-type=text] .body'), body => body.textContent)"));
        await Expect(tab.Page.Locator("#log :is(img, script, b)")).ToHaveCountAsync(0);
        Assert.False(await tab.Page.EvaluateAsync<bool>("'harmed' in window"));
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task The_policy_keeps_a_strange_script_and_a_strange_host_out()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var other = await SockeyeProcess.ServeAsync("--allow-any-origin");
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        await tab.Page.EvaluateAsync(
            "() => { const script = document.createElement('script'); script.textContent = 'window.harmed = true'; document.body.append(script); }");

        Assert.False(await tab.Page.EvaluateAsync<bool>("'harmed' in window"));
        Assert.Equal("open", await tab.DialAsync(server.Url));
        Assert.NotEqual("open", await tab.Page.EvaluateAsync<string>(
            "url => new Promise(done => { try { const s = new WebSocket(url); s.onopen = () => done('open'); s.onerror = () => done('error'); } catch (e) { done(e.name); } })",
            other.Url));
        Assert.All(tab.Complaints, complaint => Assert.Contains("Content Security Policy", complaint, StringComparison.Ordinal));
        Assert.NotEmpty(tab.Complaints);
    }

    [Fact]
    public async Task Who_disconnects_sees_a_clean_close_and_can_connect_again()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        await tab.EchoAsync("before");
        await tab.Button("Disconnect").ClickAsync();
        await tab.IsClosedAsync(1000, "1000 normal, clean");
        await Expect(tab.Button("Send")).ToBeDisabledAsync();

        await tab.Button("Connect").ClickAsync();
        await tab.IsAsync("open");
        await Expect(tab.Close).ToHaveTextAsync("–");
        await tab.EchoAsync("again");
        await Expect(tab.Page.Locator("#sent")).ToHaveTextAsync("1"); // counted anew; the log stays
        await Expect(tab.Texts("sent")).ToHaveCountAsync(2);
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_server_that_stops_says_1001()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        await tab.EchoAsync("hello");
        int before = await tab.Page.EvaluateAsync<int>(HeightOfLog);
        await server.SignalAsync();

        await tab.IsClosedAsync(1001, "1001 going away, clean");
        await Expect(tab.Texts("system").Last).ToHaveTextAsync(new Regex("^Closed: 1001 going away, “.+”, clean$"));
        Assert.Equal(before, await tab.Page.EvaluateAsync<int>(HeightOfLog)); // nothing jumps
        await Expect(tab.Close).ToHaveAttributeAsync("data-clean", "true");
        Assert.Equal(0, (await server.EndAsync()).ExitCode);
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_server_that_dies_is_1006_and_its_absence_is_seen()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        await server.SignalAsync("KILL");
        await tab.IsClosedAsync(1006, "1006 no close frame, not clean");

        await tab.Button("Connect").ClickAsync();
        await Expect(tab.Texts("system").Last).ToHaveTextAsync("Closed: 1006 no close frame, not clean");
        await tab.IsAsync("closed");
    }

    [Fact]
    public async Task A_chat_relays_between_two_pages()
    {
        await using var server = await SockeyeProcess.ServeAsync("--app", "chat");
        await using var first = await chromium.OpenAsync(server.Page);
        await using var second = await chromium.OpenAsync(server.Page);
        await first.IsAsync("open");
        await second.IsAsync("open");
        await first.EchoAsync("from the first");
        await Expect(second.Texts("received").Last).ToHaveTextAsync("from the first");
        await Expect(second.RoundTrip).ToHaveTextAsync("–");
        await second.EchoAsync("from the second");
        await Expect(first.Texts("received").Last).ToHaveTextAsync("from the second");

        Assert.Empty(first.Complaints);
        Assert.Empty(second.Complaints);
    }

    [Fact]
    public async Task A_self_signed_server_has_the_page_over_TLS()
    {
        await using var server = await SockeyeProcess.ServeAtAsync("wss://127.0.0.1:0", "--self-signed");
        await using var tab = await chromium.OpenAsync(server.Url.Replace("wss://", "https://", StringComparison.Ordinal));
        await tab.IsAsync("open");
        await Expect(tab.Page.Locator("#origin")).ToHaveTextAsync(server.Url.TrimEnd('/'));
        await tab.EchoAsync("secret");
        await tab.Button("Disconnect").ClickAsync();
        await tab.IsClosedAsync(1000, "1000 normal, clean");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task The_page_finds_the_one_path_that_upgrades_and_says_why_another_does_not()
    {
        await using var server = await SockeyeProcess.ServeAsync("--path", "/a&b", "--subprotocol", "one");
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        var path = tab.Page.GetByLabel("Path on this server");
        await Expect(path).ToHaveValueAsync("/a&b");
        await tab.EchoAsync("found");
        await tab.Button("Disconnect").ClickAsync();
        await tab.IsAsync("closed");
        Assert.Empty(tab.Complaints);

        await path.FillAsync("/elsewhere");
        await path.PressAsync("Enter");
        await tab.IsClosedAsync(1006, "1006 no close frame, not clean");
        Assert.Contains("404", Assert.Single(tab.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_message_is_folded_and_unfolded()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        string text = string.Concat(Enumerable.Range(0, 300).Select(i => $"{i} "));
        await tab.Message.FillAsync(text);
        await tab.Message.PressAsync("Enter");
        await Expect(tab.Texts("received")).ToHaveCountAsync(1);
        Assert.StartsWith(text[..300] + "…", await tab.Texts("received").TextContentAsync(), StringComparison.Ordinal);
        await tab.Texts("received").GetByRole(AriaRole.Button).ClickAsync();

        Assert.Equal(text, await tab.Texts("received").TextContentAsync());
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task The_log_follows_the_conversation_until_its_reader_scrolls_up()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page);
        await tab.IsAsync("open");
        for (int i = 0; i < 30; i++)
        {
            await tab.EchoAsync($"line {i}");
        }

        await Expect(tab.Texts("received").Last).ToBeInViewportAsync();
        var latest = tab.Button("↓ Latest");
        await Expect(latest).ToBeHiddenAsync();

        await tab.Page.Locator("#log").HoverAsync();
        await tab.Page.Mouse.WheelAsync(0, -10_000);
        await Expect(tab.Texts("sent").First).ToBeInViewportAsync();
        await tab.EchoAsync("unseen");
        await Expect(tab.Texts("sent").First).ToBeInViewportAsync();
        await latest.ClickAsync();
        await Expect(tab.Texts("received").Last).ToBeInViewportAsync();
        await Expect(latest).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData(1000, 700)]
    [InlineData(320, 568)]
    public async Task Nothing_leaves_the_window(int width, int height)
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page, width: width, height: height);
        await tab.IsAsync("open");
        await tab.EchoAsync(new string('x', 290));
        await tab.Button("Disconnect").ClickAsync();
        await tab.IsAsync("closed");

        Assert.Equal([width, height], await tab.Page.EvaluateAsync<int[]>(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"));
        await Expect(tab.Button("Send")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(tab.Button("Connect")).ToBeInViewportAsync(new() { Ratio = 1 });
    }
}
