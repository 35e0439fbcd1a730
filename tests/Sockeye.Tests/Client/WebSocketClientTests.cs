using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Client;

/// <summary>What the client asks for, what it takes for an answer, and how it fails.</summary>
public sealed class WebSocketClientTests
{
    private const string Good = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n";

    public static TheoryData<string, string, ClientHandshakeError> Answers => new()
    {
        { "200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", ClientHandshakeError.Status },
        { "redirect", "HTTP/1.1 302 Found\r\nLocation: ws://elsewhere/\r\nContent-Length: 0\r\n\r\n", ClientHandshakeError.Status },
        { "no upgrade", Good.Replace("Upgrade: websocket\r\n", "", StringComparison.Ordinal) + "\r\n", ClientHandshakeError.Upgrade },
        { "no connection", Good.Replace("Connection: Upgrade\r\n", "", StringComparison.Ordinal) + "\r\n", ClientHandshakeError.Connection },
        { "wrong accept", Good.Replace("{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", StringComparison.Ordinal) + "\r\n", ClientHandshakeError.Accept },
        { "no accept", Good.Replace("Sec-WebSocket-Accept: {accept}\r\n", "", StringComparison.Ordinal) + "\r\n", ClientHandshakeError.Accept },
        { "foreign subprotocol", Good + "Sec-WebSocket-Protocol: other\r\n\r\n", ClientHandshakeError.SubProtocol },
        { "extension", Good + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", ClientHandshakeError.Extensions },
    };

    [Theory, MemberData(nameof(Answers))]
    public async Task A_wrong_answer_is_refused_with_all_there_is_to_know(string name, string answer, ClientHandshakeError expected)
    {
        await using var server = new ScriptedServer(answer);
        var error = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => WebSocketClient.ConnectAsync(server.Url, Offering()).Soon());
        Assert.Equal(expected, error.Error);
        Assert.NotNull(error.Response);
        if (name == "200")
        {
            Assert.Equal((200, "hello"), (error.StatusCode, Encoding.UTF8.GetString(error.Body.Span)));
        }
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9\r\n", "no HTTP response")]
    [InlineData("HTTP/1.1 101 Switching", "within its response")]
    [InlineData("", "without a response")]
    public async Task No_answer_is_an_error_too(string answer, string message)
    {
        await using var server = new ScriptedServer(answer);
        var error = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => WebSocketClient.ConnectAsync(server.Url).Soon());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, error.StatusCode);
    }

    [Fact]
    public async Task Only_the_first_kibibyte_of_a_refusal_is_kept()
    {
        await using var server = new ScriptedServer("HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n" + new string('x', 5000));
        var error = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => WebSocketClient.ConnectAsync(server.Url).Soon());
        Assert.Equal(1024, error.Body.Length);
    }

    [Fact]
    public async Task Interim_responses_are_skipped_and_early_frames_are_not_lost()
    {
        await using var server = new ScriptedServer("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + Good + "Sec-WebSocket-Protocol: chat\r\n\r\n\u0081\u0005early");
        await using var connection = await WebSocketClient.ConnectAsync(server.Url, Offering()).Soon();
        Assert.Equal("chat", connection.SubProtocol);
        Assert.Equal("early", (await connection.ReceiveAsync().Soon()).ToString());
        connection.Abort();
    }

    [Fact]
    public async Task The_request_says_what_the_options_say()
    {
        var cookies = new CookieContainer();
        await using var server = new ScriptedServer(Good + "Set-Cookie: b=2; Path=/\r\n\r\n");
        cookies.Add(new Cookie("a", "1", "/", "127.0.0.1"));
        var options = new WebSocketClientOptions
        {
            Origin = "https://example.com",
            UserAgent = "Sockeye test",
            Cookies = cookies,
            SubProtocols = { "one", "two" },
            Headers = { new("Authorization", "Bearer x") },
        };
        await using var connection = await WebSocketClient.ConnectAsync(new Uri(server.Url, "/a%20b?q=1"), options).Soon();
        string request = await server.Request;
        Assert.StartsWith("GET /a%20b?q=1 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        foreach (string field in new[]
        {
            $"Host: 127.0.0.1:{server.Url.Port}", "Origin: https://example.com", "User-Agent: Sockeye test", "Cookie: a=1",
            "Sec-WebSocket-Protocol: one, two", "Authorization: Bearer x", "Sec-WebSocket-Version: 13",
        })
        {
            Assert.Contains($"\r\n{field}\r\n", request, StringComparison.Ordinal);
        }

        Assert.Contains("b=2", cookies.GetCookieHeader(new Uri($"http://127.0.0.1:{server.Url.Port}/")), StringComparison.Ordinal);
        connection.Abort();
    }

    [Fact]
    public async Task The_request_is_known_however_long_it_is()
    {
        await using var server = new ScriptedServer(Good + "\r\n");
        var options = new WebSocketClientOptions();
        for (int i = 0; i < 200; i++)
        {
            options.Headers.Add(new($"X-{i}", "x"));
        }

        string target = "/" + new string('a', 9_000);
        await using var connection = await WebSocketClient.ConnectAsync(new Uri(server.Url, target), options).Soon();
        Assert.Equal((target, "x"), (connection.Request?.Target, connection.Request?["X-199"]));
        connection.Abort();
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("not an address")]
    [InlineData("/relative")]
    public async Task A_senseless_address_throws_at_once(string url) =>
        await Assert.ThrowsAsync<ArgumentException>(() => WebSocketClient.ConnectAsync(url));

    [Fact]
    public async Task Headers_of_the_handshake_and_line_breaks_are_refused()
    {
        foreach (var (name, value) in new[] { ("Sec-WebSocket-Key", "x"), ("Upgrade", "h2c"), ("X", "a\r\nY: b"), ("X Y", "a") })
        {
            var options = new WebSocketClientOptions { Headers = { new(name, value) } };
            await Assert.ThrowsAsync<ArgumentException>(() => WebSocketClient.ConnectAsync("ws://127.0.0.1:1/", options));
        }
    }

    [Fact]
    public async Task A_closed_port_is_an_error_with_the_address()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, not listening
        int port = ((IPEndPoint)bound.LocalEndPoint!).Port;
        var error = await Assert.ThrowsAsync<IOException>(() => WebSocketClient.ConnectAsync($"ws://127.0.0.1:{port}/").Soon());
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_runs_into_the_time_limit()
    {
        var time = new ManualTime();
        await using var server = new ScriptedServer(null);
        var connecting = WebSocketClient.ConnectAsync(server.Url, new WebSocketClientOptions { TimeProvider = time });
        await server.Request.Soon();
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(connecting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await Assert.ThrowsAsync<TimeoutException>(() => connecting.Soon());
    }

    [Fact]
    public async Task Connecting_can_be_cancelled()
    {
        await using var server = new ScriptedServer(null);
        using var cancellation = new CancellationTokenSource();
        var connecting = WebSocketClient.ConnectAsync(server.Url, null, cancellation.Token);
        await server.Request.Soon();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
    }

    [Fact]
    public async Task An_invalid_certificate_is_refused_by_default()
    {
        var options = new WebSocketServerOptions { Listen = { "wss://127.0.0.1:0" }, Certificate = TestCertificate.Localhost };
        await using var server = await WebSocketServer.StartAsync(options, c => c.Closed);
        var url = (await server.Started)[0];
        await Assert.ThrowsAsync<AuthenticationException>(() => WebSocketClient.ConnectAsync(url).Soon());
        await using var connection = await WebSocketClient.ConnectAsync(url, new WebSocketClientOptions { DangerouslyAcceptAnyCertificate = true }).Soon();
    }

    [Fact]
    public async Task Every_frame_has_a_mask_of_its_own()
    {
        await using var server = new ScriptedServer(Good + "\r\n");
        await using var connection = await WebSocketClient.ConnectAsync(server.Url).Soon();
        var keys = new HashSet<string>();
        for (int i = 0; i < 300; i++)
        {
            await connection.SendAsync(new byte[1]);
            byte[] frame = await server.ReadAsync(7).Soon();
            Assert.Equal(0x81, frame[1]);
            keys.Add(Convert.ToHexString(frame, 2, 4));
        }

        Assert.Equal(300, keys.Count);
        connection.Abort();
    }

    private static WebSocketClientOptions Offering() => new() { SubProtocols = { "chat" } };

    /// <summary>Reads one request head, gives one answer, and closes unless it never answers.</summary>
    private sealed class ScriptedServer : IAsyncDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly TaskCompletionSource<string> _request = new();
        private readonly Task _run;
        private Socket? _accepted;

        public ScriptedServer(string? answer)
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            Url = new Uri($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");
            _run = RunAsync(answer);
        }

        public Uri Url { get; }

        public Task<string> Request => _request.Task;

        public async Task<byte[]> ReadAsync(int count)
        {
            byte[] bytes = new byte[count];
            for (int at = 0; at < count;)
            {
                at += await _accepted!.ReceiveAsync(bytes.AsMemory(at));
            }

            return bytes;
        }

        public async ValueTask DisposeAsync()
        {
            _accepted?.Dispose();
            _listener.Dispose();
            await Task.WhenAny(_run);
        }

        private async Task RunAsync(string? answer)
        {
            _accepted = await _listener.AcceptAsync();
            var request = new StringBuilder();
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                request.Append((char)(await ReadAsync(1))[0]);
            }

            string text = request.ToString();
            if (answer is not null)
            {
                string key = text.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];
                await _accepted.SendAsync(Encoding.Latin1.GetBytes(answer.Replace("{accept}", AcceptKey.Compute(key), StringComparison.Ordinal)));
                if (!answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) && !answer.StartsWith("HTTP/1.1 103", StringComparison.Ordinal))
                {
                    _accepted.Shutdown(SocketShutdown.Send);
                }
                else if (!answer.Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    _accepted.Shutdown(SocketShutdown.Send);
                }
            }

            _request.SetResult(text);
        }
    }
}
