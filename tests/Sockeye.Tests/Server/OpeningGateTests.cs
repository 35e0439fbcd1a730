using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Server;

/// <summary>Who is let in, and what those hear who are not: exact answers over the wire, each followed by the end of the connection.</summary>
public sealed class OpeningGateTests
{
    private static readonly string s_health = "GET /health HTTP/1.0\r\n\r\n";

    public static TheoryData<string, string, int> Requests => new()
    {
        { "same host", With("Origin: http://localhost"), 101 },
        { "no origin", RawPeer.Handshake, 101 },
        { "foreign origin", With("Origin: http://evil.example"), 403 },
        { "null origin", With("Origin: null"), 403 },
        { "suffix", With("Origin: http://localhost.evil.example"), 403 },
        { "rebound host", RawPeer.Handshake.Replace("Host: localhost", "Host: attacker.example", StringComparison.Ordinal), 421 },
        { "loopback address", RawPeer.Handshake.Replace("Host: localhost", "Host: 127.0.0.1:99", StringComparison.Ordinal), 101 },
        { "post", RawPeer.Handshake.Replace("GET", "POST", StringComparison.Ordinal), 405 },
        { "version 8", RawPeer.Handshake.Replace("Version: 13", "Version: 8", StringComparison.Ordinal), 426 },
        { "short key", RawPeer.Handshake.Replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", StringComparison.Ordinal), 400 },
        { "body", With("Content-Length: 5"), 400 },
        { "chunked", With("Transfer-Encoding: chunked"), 400 },
        { "http 1.0 upgrade", RawPeer.Handshake.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal), 400 },
        { "folding", With("X: a\r\n b"), 400 },
        { "space before colon", With("X : a"), 400 },
        { "bare carriage return", With("X: a\rb"), 400 },
        { "two hosts", With("Host: localhost"), 400 },
        { "other path", RawPeer.Handshake.Replace("GET / ", "GET /other ", StringComparison.Ordinal), 404 },
        { "health", s_health, 200 },
        { "plain get", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 426 },
        { "plain get elsewhere", "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n", 404 },
        { "plain post", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 404 },
        { "long head", With("X: " + new string('x', 40_000)), 431 },
        { "many fields", With(string.Join("\r\n", Enumerable.Range(0, 130).Select(i => $"X{i}: a"))), 431 },
        { "long target", RawPeer.Handshake.Replace("GET / ", "GET /" + new string('x', 9000) + " ", StringComparison.Ordinal), 414 },
        { "tls to a plain port", "\x16\x03\x01\x02\x00", 400 },
        { "hook rejects", With("X-Hook: reject"), 418 },
        { "hook throws", With("X-Hook: throw"), 500 },
    };

    [Theory, MemberData(nameof(Requests))]
    public Task Every_request_is_answered_as_it_deserves(string name, string request, int status) =>
        AnswersAsync(ServerTransport.Sockets, name, request, status);

    [Theory, MemberData(nameof(Requests))]
    public Task Loops_answer_the_same(string name, string request, int status) =>
        AnswersAsync(ServerTransport.Epoll, name, request, status);

    private static async Task AnswersAsync(ServerTransport transport, string name, string request, int status)
    {
        var options = new WebSocketServerOptions
        {
            Transport = transport,
            Listen = { "ws://127.0.0.1:0" },
            Paths = { "/" },
            OnHttpRequest = head => head.Path == "/health" ? PlainResponse.Text(200, "ok") : null,
            OnRequest = async opening =>
            {
                await Task.Yield();
                return opening.Head["X-Hook"] switch
                {
                    "reject" => OpeningDecision.Reject(418, "teapot", [new("X-Tea", "green")]),
                    "throw" => throw new InvalidOperationException("secret"),
                    _ => OpeningDecision.Accept(headers: [new("X-Hello", "you")], userState: 42),
                };
            },
        };
        object? state = null;
        await using var server = await WebSocketServer.StartAsync(options, connection =>
        {
            state = connection.UserState;
            return connection.SendAsync("in").AsTask();
        });
        using var raw = await RawPeer.ConnectAsync((await server.Started)[0]);
        await raw.SendAsync(request);
        if (status == 101)
        {
            string head = await raw.ReadHeadAsync();
            Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nX-Hello: you\r\n", head, StringComparison.Ordinal);
            Assert.Equal("in", Encoding.UTF8.GetString((await raw.ReadFrameAsync()).Payload));
            Assert.Equal(42, state);
            return;
        }

        string answer = Encoding.Latin1.GetString(await raw.ReadToEndAsync());
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("close\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
        if (status == 426)
        {
            Assert.Contains("Upgrade: websocket\r\n", answer, StringComparison.Ordinal);
        }

        if (name == "version 8")
        {
            Assert.Contains("Sec-WebSocket-Version: 13\r\n", answer, StringComparison.Ordinal);
        }

        if (status == 405)
        {
            Assert.Contains("Allow: GET\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_in_single_bytes_with_frames_right_behind_it_is_served()
    {
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", EchoAsync);
        using var raw = await RawPeer.ConnectAsync((await server.Started)[0]);
        byte[] all = [.. Encoding.Latin1.GetBytes(RawPeer.Handshake), .. RawPeer.Frame(0x81, "early"u8)];
        foreach (byte b in all)
        {
            await raw.SendAsync(b);
        }

        Assert.StartsWith("HTTP/1.1 101", await raw.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("early", Encoding.UTF8.GetString((await raw.ReadFrameAsync()).Payload));

        using var once = await RawPeer.ConnectAsync((await server.Started)[0]);
        await once.SendAsync(all);
        Assert.StartsWith("HTTP/1.1 101", await once.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("early", Encoding.UTF8.GetString((await once.ReadFrameAsync()).Payload));
    }

    [Fact]
    public async Task The_request_has_10_seconds()
    {
        var time = new ManualTime();
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, TimeProvider = time };
        await using var server = await WebSocketServer.StartAsync(options, EchoAsync);
        using var silent = await RawPeer.ConnectAsync((await server.Started)[0]);
        using var slow = await RawPeer.ConnectAsync((await server.Started)[0]);
        await slow.SendAsync("GET / HT");
        await Waits.Until(() => server.HandshakeCount == 2, "both are accepted");
        time.Advance(TimeSpan.FromSeconds(9.9));
        await Task.Delay(20);
        Assert.Equal(2, server.HandshakeCount);
        time.Advance(TimeSpan.FromSeconds(0.1));
        foreach (var raw in new[] { silent, slow })
        {
            Assert.StartsWith("HTTP/1.1 408 ", Encoding.Latin1.GetString(await raw.ReadToEndAsync()), StringComparison.Ordinal);
            raw.Dispose();
        }

        await Waits.Until(() => server.HandshakeCount == 0, "both are gone");
    }

    [Fact]
    public async Task The_hook_has_the_same_10_seconds()
    {
        var time = new ManualTime();
        var never = new TaskCompletionSource<OpeningDecision>();
        var asked = new TaskCompletionSource();
        var options = new WebSocketServerOptions
        {
            Listen = { "ws://127.0.0.1:0" },
            TimeProvider = time,
            OnRequest = _ =>
            {
                asked.SetResult();
                return new ValueTask<OpeningDecision>(never.Task);
            },
        };
        await using var server = await WebSocketServer.StartAsync(options, EchoAsync);
        using var raw = await RawPeer.ConnectAsync((await server.Started)[0]);
        await raw.SendAsync(RawPeer.Handshake);
        await asked.Task.Soon();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.StartsWith("HTTP/1.1 503 ", Encoding.Latin1.GetString(await raw.ReadToEndAsync()), StringComparison.Ordinal);
        never.SetResult(OpeningDecision.Accept()); // too late: nothing happens
    }

    [Theory]
    [InlineData(ServerTransport.Sockets)]
    [InlineData(ServerTransport.Epoll)]
    public async Task Connections_are_limited_in_all_and_by_address(ServerTransport transport)
    {
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, MaxConnections = 3, Transport = transport };
        await using var server = await WebSocketServer.StartAsync(options, EchoAsync);
        var url = (await server.Started)[0];
        var open = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WebSocketClient.ConnectAsync(url)));
        var refusal = await Assert.ThrowsAnyAsync<IOException>(() => WebSocketClient.ConnectAsync(url).Soon());
        Assert.True(refusal is not WebSocketHandshakeException { StatusCode: not (503 or 0) });
        await open[0].CloseAsync().Soon();
        await Waits.Until(() => server.ConnectionCount == 2, "one leaves");
        await using var again = await WebSocketClient.ConnectAsync(url).Soon();

        var perAddress = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, MaxConnectionsPerAddress = 1, Transport = transport };
        await using var second = await WebSocketServer.StartAsync(perAddress, EchoAsync);
        await using var one = await WebSocketClient.ConnectAsync((await second.Started)[0]);
        await Assert.ThrowsAnyAsync<IOException>(async () => await WebSocketClient.ConnectAsync((await second.Started)[0]).Soon());
        await Task.WhenAll(open.Select(c => c.CloseAsync())).Soon();
    }

    [Fact]
    public async Task Subprotocols_are_chosen_by_the_settings()
    {
        Assert.Null(await AgreeAsync(_ => { }, "a", "b"));
        Assert.Equal("b", await AgreeAsync(o => o.SubProtocols.Add("b"), "a", "b"));
        Assert.Null(await AgreeAsync(o => o.SubProtocols.Add("B"), "a", "b"));
        Assert.Equal("a", await AgreeAsync(o => o.AcceptAnySubProtocol = true, "a", "b"));
        Assert.Equal("b", await AgreeAsync(o => o.SelectSubProtocol = (_, offered) => offered[^1], "a", "b"));
        var refusal = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => AgreeAsync(
            o =>
            {
                o.SubProtocols.Add("c");
                o.RequireSubProtocol = true;
            },
            "a"));
        Assert.Equal(400, refusal.StatusCode);
    }

    [Fact]
    public async Task Origins_can_be_listed_judged_or_all_allowed()
    {
        Assert.True(await AllowedAsync(_ => { }, null));
        Assert.False(await AllowedAsync(_ => { }, "https://app.example"));
        Assert.True(await AllowedAsync(o => o.AllowedOrigins.Add("https://app.example"), "https://app.example"));
        Assert.False(await AllowedAsync(o => o.AllowedOrigins.Add("https://app.example"), "http://app.example"));
        Assert.True(await AllowedAsync(o => o.IsOriginAllowed = (_, origin) => origin.EndsWith(".example", StringComparison.Ordinal), "https://x.example"));
        Assert.True(await AllowedAsync(o => o.DangerouslyAllowAnyOrigin = true, "null"));
    }

    [Fact]
    public async Task Certificates_are_chosen_by_the_name_the_client_asks_for()
    {
        using var other = TestCertificate.Make("other", "other.test");
        var options = new WebSocketServerOptions
        {
            Listen = { "wss://127.0.0.1:0" },
            Certificate = TestCertificate.Localhost,
            CertificateSelector = host => host == "other.test" ? other : null,
        };
        await using var server = await WebSocketServer.StartAsync(options, EchoAsync);
        foreach (var (host, subject) in new[] { ("localhost", "CN=localhost"), ("other.test", "CN=other") })
        {
            string? seen = null;
            var client = new WebSocketClientOptions
            {
                TlsHost = host,
                ServerCertificateValidation = (_, certificate, _, _) =>
                {
                    seen = certificate!.Subject;
                    return true;
                },
            };
            await using var connection = await WebSocketClient.ConnectAsync((await server.Started)[0], client).Soon();
            Assert.Equal(subject, seen);
            Assert.True(connection.IsSecure);
        }
    }

    private static string With(string field) => RawPeer.Handshake[..^2] + field + "\r\n\r\n";

    private static async Task<string?> AgreeAsync(Action<WebSocketServerOptions> configure, params string[] offered)
    {
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } };
        configure(options);
        await using var server = await WebSocketServer.StartAsync(options, EchoAsync);
        var client = new WebSocketClientOptions();
        foreach (string name in offered)
        {
            client.SubProtocols.Add(name);
        }

        await using var connection = await WebSocketClient.ConnectAsync((await server.Started)[0], client).Soon();
        return connection.SubProtocol;
    }

    private static async Task<bool> AllowedAsync(Action<WebSocketServerOptions> configure, string? origin)
    {
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } };
        configure(options);
        await using var server = await WebSocketServer.StartAsync(options, EchoAsync);
        try
        {
            await using var connection = await WebSocketClient.ConnectAsync(
                (await server.Started)[0], new WebSocketClientOptions { Origin = origin }).Soon();
            return true;
        }
        catch (WebSocketHandshakeException e) when (e.StatusCode == 403)
        {
            return false;
        }
    }

    private static async Task EchoAsync(WebSocketConnection connection)
    {
        await foreach (var message in connection)
        {
            await connection.SendAsync(message);
        }
    }
}
