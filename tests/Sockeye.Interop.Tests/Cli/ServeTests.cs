using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Sockeye.Interop.Tests.Cli;

public class ServeTests
{
    [Fact]
    public async Task It_says_where_it_listens_and_accepts_at_once()
    {
        await using var server = await SockeyeProcess.ServeAsync();

        Assert.Matches(@"^ws://127\.0\.0\.1:[1-9]\d*/$", server.Url);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Url).Port);
    }

    [Fact]
    public async Task Several_addresses_have_a_line_each_and_a_trailing_slash_is_fine()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            string unix = $"unix:{folder.FullName}/echo.sock";
            await using var server = await SockeyeProcess.ServeAtAsync("ws://127.0.0.1:0/", "--listen", unix);
            Assert.Equal($"listening on {unix}", await server.ReadLineAsync());

            var outcome = await SockeyeProcess.RunAsync("over the file system\n", "connect", unix, "--count", "1");
            Assert.Equal(["over the file system"], outcome.Lines);
            Assert.Equal(0, outcome.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_1()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var outcome = await SockeyeProcess.RunAsync("", "serve", "--listen", server.Url);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Empty(outcome.Lines);
        Assert.Contains("in use", outcome.OnlyLineOfErrors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_certificate_is_one_line_and_exit_code_1()
    {
        var outcome = await SockeyeProcess.RunAsync("", "serve", "--listen", "wss://127.0.0.1:0", "--cert", "missing.pem", "--key", "missing.pem");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("missing.pem", outcome.OnlyLineOfErrors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_certificate_is_one_line_and_exit_code_1()
    {
        string file = SockeyeProcess.Program;
        var outcome = await SockeyeProcess.RunAsync("", "serve", "--listen", "wss://127.0.0.1:0", "--cert", file, "--key", file);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("certificate", outcome.OnlyLineOfErrors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chat_relays_each_text_to_all_connected()
    {
        await using var server = await SockeyeProcess.ServeAsync("--app", "chat");
        await using var first = await WebSocketClient.ConnectAsync(server.Url);
        await using var second = await WebSocketClient.ConnectAsync(server.Url);
        await using var third = await WebSocketClient.ConnectAsync(server.Url);
        foreach (var member in new[] { first, second, third })
        {
            // Who sees an own line is in the room.
            await member.SendAsync("here");
        }

        await first.SendAsync("hello");
        foreach (var member in new[] { first, second, third })
        {
            await TextAsync(member, "hello");
        }

        await second.SendAsync(new byte[] { 1 });
        Assert.Equal(CloseCode.UnsupportedData, (await second.Closed.WaitAsync(TimeSpan.FromSeconds(10))).Code);
    }

    [Fact]
    public async Task SIGTERM_says_1001_to_everybody_and_ends_with_0()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var connection = await WebSocketClient.ConnectAsync(server.Url);
        await using var pipe = SockeyeProcess.Start("connect", server.Url);
        await pipe.TypeAsync("hello\n");
        Assert.Equal("hello", await pipe.ReadLineAsync());

        await server.SignalAsync();

        Assert.Equal(CloseCode.GoingAway, (await connection.Closed.WaitAsync(TimeSpan.FromSeconds(10))).Code);
        Assert.Equal(0, (await server.EndAsync()).ExitCode);
        var outcome = await pipe.EndAsync(); // although its input is still open
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("1001", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_second_signal_does_not_wait(string signal)
    {
        await using var server = await SockeyeProcess.ServeAsync();
        using var silent = await OpenSilentAsync(new Uri(server.Url).Port);

        await server.SignalAsync(signal);
        byte[] close = new byte[2];
        await silent.GetStream().ReadExactlyAsync(close).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0x88, close[0]); // told, and it does not answer: the server waits for it now
        long before = System.Diagnostics.Stopwatch.GetTimestamp();
        await server.SignalAsync(signal);

        Assert.Equal(0, (await server.EndAsync()).ExitCode);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(before) < TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task The_page_runs_nothing_but_its_own_style_and_script()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        using var http = Direct();
        using var answer = await http.GetAsync(server.Page);
        string html = await answer.Content.ReadAsStringAsync();
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        foreach (string element in new[] { "style", "script" })
        {
            string inside = Regex.Match(html, $"<{element}>(.*)</{element}>", RegexOptions.Singleline).Groups[1].Value;
            string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inside)));
            Assert.Contains($"{element}-src 'sha256-{hash}';", policy, StringComparison.Ordinal);
        }

        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, server.Page));
        Assert.Equal(Encoding.UTF8.GetByteCount(html), head.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task With_a_path_the_page_knows_it_and_other_paths_are_404()
    {
        await using var server = await SockeyeProcess.ServeAsync("--path", "/a&b");
        using var http = Direct();
        Assert.Contains("<meta name=\"websocket-path\" content=\"/a&amp;b\">", await http.GetStringAsync(server.Page), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.GetAsync(server.Page + "a&b")).StatusCode);
        using var browser = new HttpRequestMessage(HttpMethod.Get, server.Page + "a&b");
        browser.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(browser)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(server.Page + "other")).StatusCode);

        Assert.Equal(0, (await SockeyeProcess.RunAsync("", "connect", server.Url + "a&b", "--wait", "0")).ExitCode);
        var refused = await SockeyeProcess.RunAsync("", "connect", server.Url + "other");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("404 Not Found", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Small_questions_have_small_answers()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        using var http = Direct();

        Assert.Equal("ok", await http.GetStringAsync(server.Page + "health"));
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync(server.Page + "favicon.ico")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.PostAsync(server.Page, null)).StatusCode);
    }

    [Fact]
    public async Task Options_reach_the_server()
    {
        await using var server = await SockeyeProcess.ServeAsync(
            "--max-message-bytes", "5", "--subprotocol", "one", "--subprotocol", "two", "--origin", "https://a.example", "--transport", "epoll", "--loops", "2", "-v");
        var big = await SockeyeProcess.RunAsync("123456\n", "connect", server.Url, "--subprotocol", "two", "--origin", "https://a.example");
        Assert.Equal(3, big.ExitCode);
        Assert.Contains("1009", big.Errors, StringComparison.Ordinal);
        Assert.Contains("subprotocol two", big.Errors, StringComparison.Ordinal);

        await server.SignalAsync();
        var outcome = await server.EndAsync();
        Assert.Empty(outcome.Lines);
        Assert.Contains("opened", outcome.Errors, StringComparison.Ordinal); // -v
    }

    /// <summary>Whatever proxy the environment names.</summary>
    private static HttpClient Direct() => new(new HttpClientHandler { UseProxy = false });

    private static async Task TextAsync(WebSocketConnection connection, string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while ((await connection.ReceiveAsync(patience.Token)).ToString() is var received && received != text)
        {
            Assert.Equal("here", received);
        }
    }

    private static async Task<TcpClient> OpenSilentAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        string request = $"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await client.GetStream().ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101 ", head.ToString(), StringComparison.Ordinal);
        return client;
    }
}
