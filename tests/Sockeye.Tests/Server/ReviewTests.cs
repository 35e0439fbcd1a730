using System.Text;
using Microsoft.Extensions.Logging;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Server;

/// <summary>What comes between: a link that ends, a server that stops, a hook that blocks, each at the worst moment.</summary>
public sealed class ReviewTests
{
    private const int LoggedOpened = 7;
    private const int LoggedClosed = 8;

    [Fact]
    public async Task A_link_that_ends_while_its_connection_opens_ends_the_connection()
    {
        var (near, far) = MemoryLink.CreatePair();
        var log = new TestLog();
        await using var host = new WebSocketServer(new WebSocketServerOptions { LoggerFactory = log });
        log.OnEvent = id =>
        {
            if (id == LoggedOpened)
            {
                far.Cut();
                SpinWait.SpinUntil(() => host.HandshakeCount == 0 || log.Saw(LoggedClosed), Waits.Long);
            }
        };
        host.Attach(far);
        var opening = WebSocketClient.ConnectAsync(near, Pair.Url);
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        await requests.MoveNextAsync().Soon();
        var server = await requests.Current.AcceptAsync();
        Assert.Equal(CloseCode.Abnormal, (await server.Closed.Soon()).Code);
        Assert.True((await server.ReceiveAsync().Soon()).IsClose);
        await Waits.Until(() => host.ConnectionCount == 0, "the connection leaves");
        await Assert.ThrowsAnyAsync<Exception>(() => opening.Soon());
        await host.StopAsync(Timeout.InfiniteTimeSpan).Soon(); // no place was lost
    }

    [Fact]
    public async Task A_connection_that_opens_while_the_server_stops_is_told_1001()
    {
        var (near, far) = MemoryLink.CreatePair();
        var log = new TestLog();
        var host = new WebSocketServer(new WebSocketServerOptions { LoggerFactory = log, TimeProvider = new ManualTime() });
        Task? stopping = null;
        log.OnEvent = id => stopping ??= id == LoggedOpened ? host.StopAsync() : null;
        host.Attach(far);
        var opening = WebSocketClient.ConnectAsync(near, Pair.Url);
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        await requests.MoveNextAsync().Soon();
        await requests.Current.AcceptAsync();
        await using var client = await opening.Soon();
        Assert.Equal(CloseCode.GoingAway, (await client.Closed.Soon()).Code);
        await stopping!.Soon();
    }

    [Fact]
    public async Task A_tls_handshake_under_way_does_not_outlive_the_server()
    {
        WebSocketServer? host = null;
        Task? stopping = null;
        var options = new WebSocketServerOptions { Listen = { "wss://127.0.0.1:0" }, TimeProvider = new ManualTime() };
        options.CertificateSelector = _ =>
        {
            stopping = host!.StopAsync();
            return TestCertificate.Localhost;
        };
        host = new WebSocketServer(options, connection => connection.SendAsync("opened").AsTask());
        await host.StartAsync();
        var client = new WebSocketClientOptions { DangerouslyAcceptAnyCertificate = true };
        var ended = await Assert.ThrowsAnyAsync<Exception>(async () => await (await WebSocketClient.ConnectAsync((await host.Started)[0], client).Soon()).DisposeAsync());
        Assert.True(stopping is not null, ended.ToString());
        await stopping.Soon();
        Assert.Equal((0, 0), (host.HandshakeCount, host.ConnectionCount));
    }

    [Fact]
    public async Task A_link_that_is_admitted_while_the_server_stops_is_cut()
    {
        var registry = new Sockeye.Server.ConnectionRegistry(10, null);
        var options = new WebSocketServerOptions { TimeProvider = new ManualTime() };
        var keeper = new Sockeye.Server.GateKeeper(options, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, registry, _ => Task.CompletedTask, null);
        Assert.True(registry.TryEnter(remote: null));
        var empty = registry.StopAsync();
        var (near, far) = MemoryLink.CreatePair();
        Sockeye.Server.Listener.Admit(keeper, registry, far, null, long.MaxValue);
        await Assert.ThrowsAnyAsync<Exception>(() => WebSocketClient.ConnectAsync(near, Pair.Url).Soon());
        await empty.Soon();
    }

    [Fact]
    public async Task A_plain_request_is_answered_once_even_if_the_server_stops_meanwhile()
    {
        WebSocketServer? host = null;
        Task? stopping = null;
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } };
        options.OnHttpRequest = _ =>
        {
            stopping = host!.StopAsync();
            return PlainResponse.Text(200, "late");
        };
        host = await WebSocketServer.StartAsync(options);
        using var raw = await RawPeer.ConnectAsync((await host.Started)[0]);
        await raw.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        string all = Encoding.Latin1.GetString(await raw.ReadToEndAsync());
        Assert.StartsWith("HTTP/1.1 503 ", all, StringComparison.Ordinal);
        Assert.DoesNotContain("late", all, StringComparison.Ordinal);
        raw.Dispose();
        await stopping!.Soon();
    }

    [Fact]
    public async Task A_plain_request_whose_handler_blocks_holds_up_no_deadline()
    {
        var time = new ManualTime();
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, TimeProvider = time };
        options.OnHttpRequest = _ =>
        {
            entered.Set();
            leave.Wait(Waits.Long);
            return PlainResponse.Text(200, "late");
        };
        await using var host = await WebSocketServer.StartAsync(options);
        using var raw = await RawPeer.ConnectAsync((await host.Started)[0]);
        await raw.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await Task.Run(() => entered.Wait(Waits.Long));
        var clock = Task.Run(() => time.Advance(TimeSpan.FromSeconds(10)));
        bool free = await Task.WhenAny(clock, Task.Delay(TimeSpan.FromSeconds(10))) == clock;
        leave.Set();
        Assert.True(free, "the deadlines of all connections waited for the handler");
        Assert.StartsWith("HTTP/1.1 408 ", Encoding.Latin1.GetString(await raw.ReadToEndAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_stopped_twice_leaves_the_socket_of_its_successor_alone()
    {
        string path = Path.Combine(Path.GetTempPath(), $"sockeye-{Guid.NewGuid():N}.sock");
        var first = await WebSocketServer.StartAsync($"unix:{path}", _ => Task.CompletedTask);
        await first.StopAsync();
        await using var second = await WebSocketServer.StartAsync($"unix:{path}", _ => Task.CompletedTask);
        await first.DisposeAsync();
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_not_removed()
    {
        string path = Path.Combine(Path.GetTempPath(), $"sockeye-{Guid.NewGuid():N}.txt");
        try
        {
            await File.WriteAllTextAsync(path, "precious");
            await Assert.ThrowsAsync<IOException>(() => WebSocketServer.StartAsync($"unix:{path}", _ => Task.CompletedTask));
            Assert.Equal("precious", await File.ReadAllTextAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Stopping_without_a_deadline_waits_and_does_not_cut()
    {
        var host = await WebSocketServer.StartAsync("ws://127.0.0.1:0", async connection => await connection.ReceiveAsync());
        using var raw = await RawPeer.OpenAsync((await host.Started)[0]);
        await Waits.Until(() => host.ConnectionCount == 1, "the connection is there");
        var stopping = host.StopAsync(Timeout.InfiniteTimeSpan);
        Assert.Equal(0x88, (await raw.ReadFrameAsync()).First);
        raw.Dispose();
        await stopping.Soon();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.StopAsync(TimeSpan.FromSeconds(-5)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.StopAsync(TimeSpan.MaxValue));
    }

    [Fact]
    public async Task Requests_that_nobody_accepts_do_not_pile_up()
    {
        var time = new ManualTime();
        var options = new WebSocketServerOptions { TimeProvider = time, MaxConnections = 3 };
        await using var host = new WebSocketServer(options);
        for (int i = 0; i < 3; i++)
        {
            var opening = OpenAsync(host);
            await Waits.Until(() => host.HandshakeCount == 1, "the handshake is there");
            await Waits.Until(() => host.PendingCount == i + 1, "the request waits");
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(503, (await Assert.ThrowsAsync<WebSocketHandshakeException>(() => opening.Soon())).StatusCode);
            await Waits.Until(() => host.HandshakeCount == 0, "the handshake is over");
        }

        var fourth = OpenAsync(host);
        Assert.Equal(503, (await Assert.ThrowsAsync<WebSocketHandshakeException>(() => fourth.Soon())).StatusCode);
        Assert.Equal(3, host.PendingCount);
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        var next = requests.MoveNextAsync();
        await Waits.Until(() => host.PendingCount == 0, "what is over is skipped");
        var opened = OpenAsync(host);
        Assert.True(await next.Soon());
        await using var server = await requests.Current.AcceptAsync();
        await (await opened.Soon()).CloseAsync().Soon();
    }

    [Fact]
    public async Task A_log_that_throws_harms_nothing()
    {
        var log = new TestLog { OnEvent = _ => throw new InvalidOperationException("the log is full") };
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, LoggerFactory = log, MaxConnections = 1 };
        await using var host = await WebSocketServer.StartAsync(options, async connection => await connection.ReceiveAsync());
        for (int i = 0; i < 3; i++)
        {
            using (var raw = await RawPeer.OpenAsync((await host.Started)[0]))
            {
                await raw.SendAsync(0xFF, 0xFF);
                Assert.Equal(0x88, (await raw.ReadFrameAsync()).First);
            }

            await Waits.Until(() => host.ConnectionCount == 0, "the connection leaves");
        }

        Assert.True(log.Saw(LoggedClosed));
    }

    [Fact]
    public void Attaching_runs_nothing_of_the_application_on_the_callers_thread()
    {
        using var attached = new ManualResetEventSlim();
        bool inTime = false;
        using var done = new ManualResetEventSlim();
        var options = new WebSocketServerOptions
        {
            OnHttpRequest = _ =>
            {
                inTime = attached.Wait(TimeSpan.FromSeconds(5));
                done.Set();
                return null;
            },
        };
        var host = new WebSocketServer(options);
        host.Attach(new MemoryStream(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")));
        attached.Set();
        Assert.True(done.Wait(Waits.Long));
        Assert.True(inTime);
    }

    private static Task<WebSocketConnection> OpenAsync(WebSocketServer host)
    {
        var (near, far) = MemoryLink.CreatePair();
        host.Attach(far);
        return WebSocketClient.ConnectAsync(near, Pair.Url);
    }
}
