using System.Text;
using Sockeye.Interop.Tests.Cli;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.Browser;

/// <summary>The browser's own WebSocket against our server.</summary>
public sealed class BrowserSocketTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string EmptyPage = "<!doctype html><link rel=icon href=data:,><title>a page of somebody</title>";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(1 << 20)]
    public async Task A_message_of_any_length_comes_back_as_it_was(int length)
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var tab = await chromium.OpenAsync(server.Page);
        string outcome = await tab.Page.EvaluateAsync<string>(
            """
            ([url, length]) => new Promise(done => {
              const socket = new WebSocket(url);
              socket.binaryType = 'arraybuffer';
              const bytes = Uint8Array.from({ length }, (_, i) => i % 251);
              const text = 'ü'.repeat(length / 2) + 'x'.repeat(length % 2);
              const back = [];
              socket.onopen = () => { socket.send(bytes); socket.send(text); };
              socket.onmessage = event => {
                if (back.push(event.data) < 2) return;
                const same = new Uint8Array(back[0]);
                const binary = same.length === length && same.every((byte, i) => byte === bytes[i]);
                socket.onclose = closed => done(`${binary} ${back[1] === text} ${closed.code} ${closed.wasClean} ${closed.reason}`);
                socket.close(4000, 'grüß');
              };
              socket.onerror = () => done('error');
            })
            """,
            new object[] { server.Url, length });

        Assert.Equal("true true 4000 true grüß", outcome);
    }

    [Fact]
    public async Task A_message_that_is_too_big_is_1009()
    {
        await using var server = await SockeyeProcess.ServeAsync("--max-message-bytes", "1000");
        await using var tab = await chromium.OpenAsync(server.Page);
        string outcome = await tab.Page.EvaluateAsync<string>(
            """
            url => new Promise(done => {
              const socket = new WebSocket(url);
              const back = [];
              socket.onopen = () => socket.send('x'.repeat(1000));
              socket.onmessage = event => { back.push(event.data.length); socket.send('x'.repeat(1001)); };
              socket.onclose = closed => done(`${back} ${closed.code} ${closed.wasClean}`);
            })
            """,
            server.Url);

        Assert.Equal("1000 1009 true", outcome);
    }

    [Fact]
    public async Task The_subprotocol_is_the_first_the_page_wants_and_there_is_no_extension()
    {
        await using var server = await SockeyeProcess.ServeAsync("--subprotocol", "two", "--subprotocol", "one");
        await using var tab = await chromium.OpenAsync(server.Page);
        Assert.Equal("one/", await tab.Page.EvaluateAsync<string>(
            """
            url => new Promise(done => {
              const socket = new WebSocket(url, ['one', 'two', 'three']);
              socket.onopen = () => { done(`${socket.protocol}/${socket.extensions}`); socket.close(); };
              socket.onerror = () => done('error');
            })
            """,
            server.Url));
    }

    [Fact]
    public async Task A_page_of_another_origin_is_refused_unless_all_are_allowed()
    {
        await using var strict = await SockeyeProcess.ServeAsync();
        await using var lax = await SockeyeProcess.ServeAsync("--allow-any-origin");
        await using var elsewhere = await WebSocketServer.StartAsync(PageServer(), connection => connection.Closed);
        string stranger = (await elsewhere.Started)[0].OriginalString.Replace("ws://", "http://", StringComparison.Ordinal);
        await using var friend = await SockeyeProcess.ServeAsync("--origin", stranger.TrimEnd('/'));

        await using var tab = await chromium.OpenAsync(stranger);
        Assert.Equal("error 1006", await tab.DialAsync(strict.Url));
        Assert.Contains("403", Assert.Single(tab.Complaints), StringComparison.Ordinal);
        Assert.Equal("open", await tab.DialAsync(lax.Url));
        Assert.Equal("open", await tab.DialAsync(friend.Url));

        // A page without an origin is one too. (From about:blank Chromium itself refuses every local address, so that proves nothing.)
        await using var opaque = await chromium.OpenAsync(stranger + "sandboxed");
        Assert.Equal("null", await opaque.Page.EvaluateAsync<string>("origin"));
        Assert.Equal("error 1006", await opaque.DialAsync(strict.Url));
        Assert.Equal("error 1006", await opaque.DialAsync(friend.Url));
        Assert.Equal(2, opaque.Complaints.Count);
        Assert.All(opaque.Complaints, complaint => Assert.Contains("403", complaint, StringComparison.Ordinal));
        Assert.Equal("open", await opaque.DialAsync(lax.Url));
    }

    [Fact]
    public async Task The_browser_answers_pings()
    {
        var options = PageServer();
        options.KeepAliveInterval = TimeSpan.FromMilliseconds(100);
        options.KeepAliveTimeout = Timeout.InfiniteTimeSpan;
        var connected = new TaskCompletionSource<WebSocketConnection>();
        await using var server = await WebSocketServer.StartAsync(options, connection =>
        {
            connected.SetResult(connection);
            return connection.Closed;
        });
        string url = (await server.Started)[0].OriginalString;
        await using var tab = await chromium.OpenAsync(url.Replace("ws://", "http://", StringComparison.Ordinal));
        await tab.Page.EvaluateAsync("url => { window.socket = new WebSocket(url); }", url);

        var connection = await connected.Task.Soon();
        int pongs = 0;
        connection.ControlFrameReceived += (_, opcode, _) => pongs += opcode == Opcode.Pong ? 1 : 0;
        Assert.True(await connection.PingAsync(Encoding.UTF8.GetBytes(new string('p', 125))).Soon() > TimeSpan.Zero);
        await Waits.Until(() => Volatile.Read(ref pongs) > 3, "the browser answers the keep-alive pings");
        Assert.NotNull(connection.Latency);
        Assert.Equal(ConnectionState.Open, connection.State);
        await tab.Page.EvaluateAsync("window.socket.close(1000, 'enough')");
        var closed = await connection.Closed.Soon();

        Assert.Equal((CloseCode.Normal, "enough", true), (closed.Code, closed.Reason, closed.IsClean));
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_tab_that_goes_away_is_seen()
    {
        var connected = new TaskCompletionSource<WebSocketConnection>();
        await using var server = await WebSocketServer.StartAsync(PageServer(), connection =>
        {
            connected.SetResult(connection);
            return connection.Closed;
        });
        string url = (await server.Started)[0].OriginalString;
        await using var tab = await chromium.OpenAsync(url.Replace("ws://", "http://", StringComparison.Ordinal));
        await tab.Page.EvaluateAsync("url => { window.socket = new WebSocket(url); }", url);
        var connection = await connected.Task.Soon();
        await tab.Page.GotoAsync("about:blank");

        Assert.Equal(CloseCode.GoingAway, (await connection.Closed.Soon()).Code);
    }

    private static WebSocketServerOptions PageServer() => new()
    {
        Listen = { "ws://127.0.0.1:0" },
        OnHttpRequest = request => PlainResponse.Html(EmptyPage) with
        {
            Headers = request.Path == "/sandboxed" ? [new("Content-Security-Policy", "sandbox allow-scripts")] : [],
        },
    };
}
