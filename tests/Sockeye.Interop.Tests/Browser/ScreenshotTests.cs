using Microsoft.Playwright;
using Sockeye.Interop.Tests.Cli;
using Sockeye.Tests.Architecture;

namespace Sockeye.Interop.Tests.Browser;

/// <summary>The pictures of the page in docs/images: kept only when SOCKEYE_SCREENSHOTS=1, so that a run leaves the tree as it was.</summary>
public sealed class ScreenshotTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData(ColorScheme.Light, "page-light.png")]
    [InlineData(ColorScheme.Dark, "page-dark.png")]
    public async Task The_page_in_light_and_dark(ColorScheme scheme, string file)
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using (var first = await chromium.OpenAsync(server.Page, scheme))
        {
            // A picture of a server at work, not of its first compilation.
            await first.IsAsync("open");
            for (int i = 0; i < 40; i++)
            {
                await first.EchoAsync($"warming up {i}");
            }
        }

        await using var tab = await chromium.OpenAsync(server.Page, scheme);
        await tab.IsAsync("open");
        await tab.EchoAsync("Hello, server!");
        await tab.EchoAsync("{ \"type\": \"subscribe\", \"topic\": \"prices\" }");
        await tab.EchoAsync("<b>Markup</b> & <script>alert(1)</script> stay text");
        await tab.EchoAsync("Grüße · héllo · привет · γειά σου");
        await tab.EchoAsync("Enter sends");
        await tab.Message.FillAsync("Shift+Enter\nbreaks the line");
        await tab.Page.Mouse.MoveAsync(1, 1); // over nothing
        await SettleAsync(tab.Page, server.Url);
        await Assertions.Expect(tab.Texts("received").Last).ToBeInViewportAsync();
        byte[] picture = await tab.Page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });

        Assert.Equal("PNG"u8, picture.AsSpan(1, 3));
        if (Environment.GetEnvironmentVariable("SOCKEYE_SCREENSHOTS") == "1")
        {
            await File.WriteAllBytesAsync(Repository.PathTo($"docs/images/{file}"), picture);
        }
    }

    /// <summary>The port and the clock are made the same in every run; the milliseconds are those that were measured.</summary>
    private static async Task SettleAsync(IPage page, string url) => await page.EvaluateAsync(
        """
        port => {
          let moment = 9 * 3600e3 + 41 * 60e3 + 7032;
          for (const time of document.querySelectorAll('time'))
            time.textContent = new Date(moment += 731).toISOString().slice(11, 23);
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node; (node = walker.nextNode());)
            if (node.parentElement.localName !== 'script')
              node.data = node.data.replace(`:${port}`, ':8080');
        }
        """,
        new Uri(url).Port);
}
