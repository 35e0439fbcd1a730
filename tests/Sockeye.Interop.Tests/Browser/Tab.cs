using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Sockeye.Interop.Tests.Browser;

/// <summary>A tab of the browser, with words for what the program's page has.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    public Tab(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>What the browser's console has against the page: exceptions, violations of its policy, failed loads.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public ILocator Message => Page.GetByLabel("Message", new() { Exact = true });

    public ILocator Close => Page.Locator("#close");

    public ILocator RoundTrip => Page.Locator("#rtt");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>What the log shows as sent, or received, one element a message.</summary>
    public ILocator Texts(string kind) => Page.Locator($"#log li[data-kind={kind}] .body");

    public Task IsAsync(string state) => Expect(Page.GetByRole(AriaRole.Status)).ToHaveTextAsync(state);

    public async Task IsClosedAsync(int code, string shown)
    {
        await IsAsync("closed");
        await Expect(Close).ToHaveTextAsync(shown);
        await Expect(Close).ToHaveAttributeAsync("data-code", $"{code}");
    }

    /// <summary>Types a message, sends it with the key, and waits until its echo is in the log.</summary>
    public async Task EchoAsync(string text)
    {
        int before = await Texts("received").CountAsync();
        await Message.FillAsync(text);
        await Message.PressAsync("Enter");
        await Expect(Texts("sent").Last).ToHaveTextAsync(Exactly(text));
        await Expect(Texts("received")).ToHaveCountAsync(before + 1);
        await Expect(Texts("received").Last).ToHaveTextAsync(Exactly(text));
    }

    /// <summary>Opens a WebSocket from whatever page the tab shows; tells "open", or "error" and then the close code.</summary>
    public Task<string> DialAsync(string url) => Page.EvaluateAsync<string>(
        """
        url => new Promise(done => {
          const socket = new WebSocket(url);
          let failed = '';
          socket.onopen = () => { done('open'); socket.close(); };
          socket.onerror = () => failed = 'error ';
          socket.onclose = event => done(failed + event.code);
        })
        """,
        url);

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    // A plain string would be compared without regard to white space.
    private static Regex Exactly(string text) => new($"^{Regex.Escape(text)}$");
}
