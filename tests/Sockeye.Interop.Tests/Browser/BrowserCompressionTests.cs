using Sockeye.Interop.Tests.Cli;

namespace Sockeye.Interop.Tests.Browser;

/// <summary>The browser compresses what it sends wherever the server agrees.</summary>
public sealed class BrowserCompressionTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData("--deflate", "8")]
    [InlineData("--deflate", "9")]
    [InlineData("--deflate", "12")]
    [InlineData("--deflate", "15")]
    [InlineData("--deflate=takeover", "8")]
    [InlineData("--deflate=takeover", "9")]
    [InlineData("--deflate=takeover", "12")]
    [InlineData("--deflate=takeover", "15")]
    public async Task Messages_come_back_as_they_were(string mode, string window)
    {
        await using var server = await SockeyeProcess.ServeAsync(mode, "--deflate-window", window);
        await using var tab = await chromium.OpenAsync(server.Page);
        string outcome = await tab.Page.EvaluateAsync<string>(
            """
            url => new Promise(done => {
              const socket = new WebSocket(url);
              const texts = [0, 1, 100, 1000, 10000, 300000].flatMap(n => ['x'.repeat(n), Array.from({ length: n }, (_, i) => (i * i * 7919) % 9973).join(' ').slice(0, n)]);
              let back = 0;
              socket.onopen = () => texts.forEach(text => socket.send(text));
              socket.onmessage = event => {
                if (event.data !== texts[back]) done(`message ${back} is not what it was`);
                if (++back === texts.length) socket.close(1000);
              };
              socket.onclose = closed => done(`${socket.extensions.split(';')[0]} ${back} ${closed.code} ${closed.wasClean}`);
            })
            """,
            server.Url);

        Assert.Equal("permessage-deflate 12 1000 true", outcome);
    }
}
