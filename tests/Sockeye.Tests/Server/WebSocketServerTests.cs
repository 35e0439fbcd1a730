using System.Net;
using System.Net.Sockets;
using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Server;

/// <summary>Starting, serving, stopping.</summary>
public sealed class WebSocketServerTests
{
    [Fact]
    public async Task The_echo_server_of_the_readme_echoes()
    {
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", async connection =>
        {
            await foreach (var message in connection)
                await connection.SendAsync(message);
        });
        await using var client = await WebSocketClient.ConnectAsync((await server.Started)[0]);
        await client.SendAsync("hello");
        Assert.Equal("hello", (await client.ReceiveAsync().Soon()).ToString());
        Assert.Equal(1, server.ConnectionCount);
        Assert.True((await client.CloseAsync().Soon()).IsClean);
        await Waits.Until(() => server.ConnectionCount == 0, "the connection leaves");
    }

    [Theory]
    [InlineData(ServerTransport.Sockets)]
    [InlineData(ServerTransport.Epoll)]
    public async Task It_listens_at_several_addresses(ServerTransport transport)
    {
        string path = Path.Combine(Path.GetTempPath(), $"sockeye-{Guid.NewGuid():N}.sock");
        var options = Options("ws://127.0.0.1:0", "ws://[::1]:0", "wss://localhost:0", $"unix:{path}");
        (options.Certificate, options.Transport) = (TestCertificate.Localhost, transport);
        await using (var server = await WebSocketServer.StartAsync(options, EchoAsync))
        {
            var urls = await server.Started;
            Assert.Equal(["ws", "ws", "wss", "unix"], urls.Select(u => u.Scheme));
            foreach (var url in urls)
            {
                bool unix = url.Scheme == "unix";
                var client = new WebSocketClientOptions { DangerouslyAcceptAnyCertificate = true, UnixSocketPath = unix ? path : null };
                await using var connection = await WebSocketClient.ConnectAsync(unix ? new Uri("ws://localhost/") : url, client).Soon();
                await connection.SendAsync(url.Scheme);
                Assert.Equal(url.Scheme, (await connection.ReceiveAsync().Soon()).ToString());
            }
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_and_nothing_stays_bound()
    {
        await using var first = await WebSocketServer.StartAsync("ws://127.0.0.1:0", EchoAsync);
        string taken = (await first.Started)[0].ToString();
        int free = FreePort();
        var second = new WebSocketServer(Options($"ws://127.0.0.1:{free}", taken), EchoAsync);
        var error = await Assert.ThrowsAsync<IOException>(() => second.StartAsync());
        Assert.Equal($"Cannot listen on {taken}: the address is in use.", error.Message);
        await Assert.ThrowsAsync<IOException>(() => second.Started);
        await using var third = await WebSocketServer.StartAsync($"ws://127.0.0.1:{free}", EchoAsync);
    }

    [Fact]
    public async Task A_stale_unix_socket_is_replaced_and_a_live_one_is_not()
    {
        string path = Path.Combine(Path.GetTempPath(), $"sockeye-{Guid.NewGuid():N}.sock");
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(path));
        }

        if (!File.Exists(path))
        {
            await File.WriteAllTextAsync(path, ""); // the runtime tidied up after the socket
            File.Delete(path);
        }

        await using var server = await WebSocketServer.StartAsync($"unix:{path}", EchoAsync);
        await Assert.ThrowsAsync<IOException>(() => WebSocketServer.StartAsync($"unix:{path}", EchoAsync));
        await using var client = await WebSocketClient.ConnectAsync("ws://localhost/", new WebSocketClientOptions { UnixSocketPath = path }).Soon();
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("127.0.0.1:80")]
    [InlineData("ws://example.com:80")]
    [InlineData("ws://127.0.0.1:0/path")]
    [InlineData("wss://127.0.0.1:0")]
    [InlineData("unix:relative")]
    public async Task A_senseless_address_is_refused(string url) =>
        await Assert.ThrowsAsync<ArgumentException>(() => WebSocketServer.StartAsync(url, EchoAsync));

    [Fact]
    public async Task A_handler_that_throws_costs_its_connection_only()
    {
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", async connection =>
        {
            var message = await connection.ReceiveAsync();
            if (message.ToString() == "throw")
            {
                throw new InvalidOperationException("on purpose");
            }

            await connection.SendAsync("fine");
        });
        var url = (await server.Started)[0];
        await using var bad = await WebSocketClient.ConnectAsync(url);
        await using var good = await WebSocketClient.ConnectAsync(url);
        await bad.SendAsync("throw");
        var end = await bad.Closed.Soon();
        Assert.Equal((CloseCode.InternalError, CloseInitiator.Remote), (end.Code, end.Initiator));
        Assert.DoesNotContain("on purpose", end.Reason, StringComparison.Ordinal);
        await good.SendAsync("work");
        Assert.Equal("fine", (await good.ReceiveAsync().Soon()).ToString());
        Assert.Equal(CloseCode.Normal, (await good.Closed.Soon()).Code);
    }

    [Theory]
    [InlineData(ServerTransport.Sockets)]
    [InlineData(ServerTransport.Epoll)]
    public async Task Stopping_tells_everybody_1001_and_waits_for_the_handlers(ServerTransport transport)
    {
        var handlers = 0;
        var options = Options("ws://127.0.0.1:0");
        options.Transport = transport;
        var server = await WebSocketServer.StartAsync(options, async connection =>
        {
            await foreach (var message in connection)
            {
            }

            await Task.Delay(50);
            Interlocked.Increment(ref handlers);
        });
        var url = (await server.Started)[0];
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => WebSocketClient.ConnectAsync(url)));
        using var silent = await RawPeer.ConnectAsync(url);
        await server.StopAsync().Soon();
        await server.Stopped.Soon();
        Assert.Equal(20, handlers);
        foreach (var client in clients)
        {
            var end = await client.Closed.Soon();
            Assert.Equal((CloseCode.GoingAway, true), (end.Code, end.IsClean));
        }

        await Assert.ThrowsAnyAsync<IOException>(() => WebSocketClient.ConnectAsync(url));
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync());
    }

    [Fact]
    public async Task Stopping_cuts_who_does_not_answer_by_the_deadline()
    {
        var time = new ManualTime();
        var options = Options("ws://127.0.0.1:0");
        options.TimeProvider = time;
        options.CloseTimeout = TimeSpan.FromHours(1);
        var server = await WebSocketServer.StartAsync(options, EchoAsync);
        using var deaf = await RawPeer.OpenAsync((await server.Started)[0]);
        await Waits.Until(() => server.ConnectionCount == 1, "the connection is open");
        var stopping = server.StopAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(0x88, (await deaf.ReadFrameAsync()).First);
        Assert.False(stopping.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(3));
        await stopping.Soon();
        await Assert.ThrowsAnyAsync<Exception>(() => deaf.ReadAsync(1));
    }

    [Fact]
    public async Task Requests_can_be_accepted_in_two_steps()
    {
        await using var server = await WebSocketServer.StartAsync(Options("ws://127.0.0.1:0"));
        var url = new Uri((await server.Started)[0], "/room?x=1");
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        var client = new WebSocketClientOptions { SubProtocols = { "a", "b" } };

        var refusedClient = WebSocketClient.ConnectAsync(url, client);
        Assert.True(await requests.MoveNextAsync().Soon());
        await requests.Current.RejectAsync(401, "who are you?", [new("WWW-Authenticate", "Basic")]);
        var refusal = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => refusedClient.Soon());
        Assert.Equal((401, "Basic", "who are you?"), (refusal.StatusCode, refusal.Response!["WWW-Authenticate"], Encoding.UTF8.GetString(refusal.Body.Span)));

        var acceptedClient = WebSocketClient.ConnectAsync(url, client);
        Assert.True(await requests.MoveNextAsync().Soon());
        var pending = requests.Current;
        Assert.Equal(("/room", "x=1"), (pending.Request.Head.Path, pending.Request.Head.Query));
        Assert.Equal(["a", "b"], pending.Request.OfferedSubProtocols);
        await Assert.ThrowsAsync<ArgumentException>(() => Run(() => pending.AcceptAsync("c")));
        await Assert.ThrowsAsync<ArgumentException>(() => Run(() => pending.AcceptAsync(headers: [new("X", "a\r\nb")])));
        var connection = await pending.AcceptAsync("b", [new("X-Room", "7")]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Run(() => pending.AcceptAsync()));
        await using var open = await acceptedClient.Soon();
        Assert.Equal(("b", "b", "7"), (open.SubProtocol, connection.SubProtocol, open.Response!["X-Room"]));
        Assert.Equal("7", connection.Response!["X-Room"]);
        Assert.Equal("/room?x=1", open.Request!.Target);
        open.ReleaseHeads();
        Assert.Null(open.Request);
        Assert.Null(open.Response);
        await connection.CloseAsync().Soon();
    }

    [Theory]
    [InlineData(WebSocketDialects.Rfc6455, false)]
    [InlineData(WebSocketDialects.Rfc6455, true)]
    [InlineData(WebSocketDialects.Hixie76, false)]
    public async Task A_servers_response_is_the_one_that_its_client_got(WebSocketDialects dialect, bool compresses)
    {
        var options = Options("ws://127.0.0.1:0");
        (options.Dialects, options.Compression) = (dialect, compresses ? new CompressionOptions() : null);
        options.SubProtocols.Add("b");
        await using var server = await WebSocketServer.StartAsync(options);
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        var connecting = WebSocketClient.ConnectAsync(
            (await server.Started)[0], new WebSocketClientOptions { Dialect = dialect, Compression = options.Compression, SubProtocols = { "b" } });
        Assert.True(await requests.MoveNextAsync().Soon());
        await using var connection = await requests.Current.AcceptAsync().Soon();
        await using var client = await connecting.Soon();
        Assert.Equal(client.Response!.ToString(), connection.Response!.ToString());
        Assert.Equal(("b", compresses), (connection.SubProtocol, connection.Extensions is not null));
        connection.ReleaseHeads();
        Assert.Null(connection.Response);
        Assert.Equal(("b", compresses), (connection.SubProtocol, connection.Extensions is not null));
    }

    [Fact]
    public async Task Settings_that_are_changed_later_hold_for_later_connections()
    {
        var served = Options("ws://127.0.0.1:0");
        (served.CloseTimeout, served.MaxMessageBytes) = (TimeSpan.FromSeconds(1), 4);
        var opened = new TaskCompletionSource<WebSocketConnection>();
        await using var server = new WebSocketServer(served, connection =>
        {
            opened.TrySetResult(connection);
            return connection.Closed;
        });
        var options = new WebSocketClientOptions { CloseTimeout = TimeSpan.FromSeconds(1), MaxMessageBytes = 4 };
        (served.CloseTimeout, served.MaxMessageBytes) = (TimeSpan.FromSeconds(2), 8);
        await server.StartAsync();
        await using var first = await WebSocketClient.ConnectAsync((await server.Started)[0], options);
        (options.CloseTimeout, options.MaxMessageBytes) = (TimeSpan.FromSeconds(2), 8);
        await using var second = await WebSocketClient.ConnectAsync((await server.Started)[0], options);
        foreach (var (connection, seconds, bytes) in new[] { (await opened.Task.Soon(), 1, 4), (first, 1, 4), (second, 2, 8) })
        {
            var own = connection.Core.Options;
            Assert.Equal((seconds, bytes, bytes), (own.CloseTimeout.TotalSeconds, own.MaxMessageBytes, own.ToLimits().MaxMessageBytes));
        }
    }

    [Theory]
    [InlineData(null, "b")]
    [InlineData("a", "a")]
    public async Task What_the_hook_decided_holds_for_the_second_step(string? chosen, string subProtocol)
    {
        var options = Options("ws://127.0.0.1:0");
        options.OnRequest = _ => ValueTask.FromResult(OpeningDecision.Accept("b", [new("X-Hook", "1")], "state"));
        await using var server = await WebSocketServer.StartAsync(options);
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        var connecting = WebSocketClient.ConnectAsync((await server.Started)[0], new WebSocketClientOptions { SubProtocols = { "a", "b" } });
        Assert.True(await requests.MoveNextAsync().Soon());
        await using var connection = await requests.Current.AcceptAsync(chosen, [new("X-Step", "2")]).Soon();
        await using var client = await connecting.Soon();
        Assert.Equal((subProtocol, "1", "2"), (client.SubProtocol, client.Response!["X-Hook"], client.Response["X-Step"]));
        Assert.Equal("state", connection.UserState);
        await client.CloseAsync().Soon();
    }

    [Fact]
    public async Task A_client_that_is_gone_cannot_be_accepted()
    {
        await using var server = await WebSocketServer.StartAsync(Options("ws://127.0.0.1:0"));
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        using (var raw = await RawPeer.ConnectAsync((await server.Started)[0]))
        {
            await raw.SendAsync(RawPeer.Handshake);
            Assert.True(await requests.MoveNextAsync().Soon());
        }

        // The link is paused while the application decides: the loss shows when it is used.
        var connection = await requests.Current.AcceptAsync();
        Assert.Equal(CloseCode.Abnormal, (await connection.Closed.Soon()).Code);
    }

    [Fact]
    public async Task It_runs_within_a_host()
    {
        var started = new TaskCompletionSource<WebSocketConnection>();
        int port = FreePort();
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Services.AddWebSocketServer(o => o.Listen.Add($"ws://127.0.0.1:{port}"), async (services, connection) =>
        {
            Assert.NotNull(services);
            started.TrySetResult(connection);
            await connection.Closed;
        });
        using var host = builder.Build();
        await host.StartAsync();
        await using var client = await WebSocketClient.ConnectAsync($"ws://127.0.0.1:{port}/");
        await started.Task.Soon();
        await host.StopAsync().Soon();
        Assert.Equal(CloseCode.GoingAway, (await client.Closed.Soon()).Code);
    }

    private static async Task Run(Func<Task> action) => await action();

    private static WebSocketServerOptions Options(params string[] listen)
    {
        var options = new WebSocketServerOptions();
        foreach (string url in listen)
        {
            options.Listen.Add(url);
        }

        return options;
    }

    private static async Task EchoAsync(WebSocketConnection connection)
    {
        await foreach (var message in connection)
        {
            await connection.SendAsync(message);
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
