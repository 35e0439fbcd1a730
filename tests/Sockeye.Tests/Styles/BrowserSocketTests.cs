using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Styles;

public sealed class BrowserSocketTests
{
    public static TheoryData<TransportKind> Transports => Pair.Transports;

    [Fact]
    public async Task A_client_has_its_events_in_order()
    {
        await using var server = await StartAsync(async connection =>
        {
            await connection.SendAsync("welcome");
            await connection.SendAsync(new byte[] { 1 });
            Assert.Equal("hello", (await connection.ReceiveAsync()).ToString());
            await connection.CloseAsync((CloseCode)4000, "done");
        });
        string url = (await server.Started)[0].AbsoluteUri;
        var socket = new BrowserSocket(url, "chat", "other");
        var events = Record(socket);
        socket.Opened += (_, _) =>
        {
            Assert.Equal(("chat", ""), (socket.Protocol, socket.Extensions));
            socket.Send("hello");
        };
        Assert.Equal((ConnectionState.Connecting, url, "", ""), (socket.ReadyState, socket.Url, socket.Protocol, socket.Extensions));
        Assert.Equal(0, socket.BufferedAmount);
        Assert.Throws<InvalidOperationException>(() => socket.Send("too early"));
        await socket.RunAsync().Soon();
        Assert.Equal(["Open opened", "Open Text welcome", "Open Binary \u0001", "Closed closed 4000 done True"], events);
        Assert.Throws<InvalidOperationException>(() => { _ = socket.RunAsync(); });
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_served_connection_has_them_too(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind, both: o => o.ReceiveControlFrames = true);
        var socket = new BrowserSocket(pair.Server);
        Assert.StartsWith(kind is TransportKind.Tls or TransportKind.EpollTls ? "wss://" : "ws://", socket.Url, StringComparison.Ordinal);
        Assert.EndsWith("/", socket.Url, StringComparison.Ordinal);
        var events = Record(socket);
        socket.MessageReceived += (_, message) => socket.Send(message.Span);
        await pair.Client.SendAsync("one").Soon();
        var running = socket.RunAsync();
        await pair.Client.PingAsync().Soon();
        await pair.Client.SendAsync("two").Soon();
        await Waits.Until(() => events.Count == 3, "both are seen");
        Assert.Equal(0, socket.BufferedAmount);
        socket.Close((CloseCode)3000, "enough");
        Assert.NotEqual(ConnectionState.Open, socket.ReadyState);
        socket.Close((CloseCode)3001, "again"); // does nothing
        socket.Send("12345");
        await running.Soon();
        Assert.Equal(["Open opened", "Open Text one", "Open Text two", "Closed closed 3000 enough True"], events);
        Assert.Equal(5, socket.BufferedAmount); // what was sent too late
        Assert.Equal((CloseCode)3000, (await pair.Client.Closed.Soon()).Code);
    }

    [Fact]
    public async Task Messages_before_the_peers_close_come_before_it_and_after_ones_own_none_comes()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var socket = new BrowserSocket(pair.Server);
        var events = Record(socket);
        for (int i = 0; i < 5; i++)
        {
            await pair.Client.SendAsync($"{i}").Soon();
        }

        var closing = pair.Client.CloseAsync(CloseCode.NoCode);
        await Waits.Until(() => pair.Server.State != ConnectionState.Open, "the close has come");
        socket.MessageReceived += (_, message) =>
        {
            if (message.ToString() == "2")
            {
                socket.Close();
            }
        };
        await socket.RunAsync().Soon();
        Assert.Equal(["Open opened", "Open Text 0", "Open Text 1", "Open Text 2", "Closed closed 1005  True"], events);
        await closing.Soon();
    }

    [Fact]
    public async Task A_link_that_breaks_is_an_error_and_a_close()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var socket = new BrowserSocket(pair.Server);
        var events = Record(socket);
        var running = socket.RunAsync();
        pair.Client.Abort();
        await running.Soon();
        Assert.Equal(3, events.Count);
        Assert.StartsWith("Closed error ", events.ElementAt(1), StringComparison.Ordinal);
        Assert.StartsWith("Closed closed 1006 ", events.ElementAt(2), StringComparison.Ordinal);
        Assert.EndsWith(" False", events.ElementAt(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_rule_is_an_error_and_a_close()
    {
        BrowserSocket? socket = null;
        ConcurrentQueue<string>? events = null;
        await using var server = await StartAsync(connection =>
        {
            socket = new BrowserSocket(connection);
            events = Record(socket);
            return socket.RunAsync();
        });
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]);
        await peer.SendFrameAsync(0xC1, "reserved bit"u8);
        Assert.Equal(0x88, (await peer.ReadFrameAsync()).First);
        peer.Dispose();
        await Waits.Until(() => server.ConnectionCount == 0, "it is over");
        Assert.StartsWith("Closed error ", events!.ElementAt(1), StringComparison.Ordinal);
        Assert.StartsWith("Closed closed 1002 ", events!.ElementAt(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_opened_is_an_error_and_a_close()
    {
        await using var server = await StartAsync(_ => Task.CompletedTask, o => o.Paths.Add("/there"));
        var socket = new BrowserSocket((await server.Started)[0].AbsoluteUri);
        Exception? error = null;
        socket.Error += (_, e) => error = e;
        var events = Record(socket);
        await socket.RunAsync().Soon();
        Assert.Equal(404, (int)Assert.IsType<WebSocketHandshakeException>(error).StatusCode!);
        Assert.Equal(2, events.Count);
        Assert.StartsWith("Closed closed 1006 ", events.ElementAt(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_close_while_connecting_gives_up(bool opensAllTheSame)
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var connecting = new TaskCompletionSource<WebSocketConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var socket = new BrowserSocket(
            "ws://localhost/", token => opensAllTheSame ? connecting.Task : connecting.Task.WaitAsync(token), NullLogger.Instance);
        var events = Record(socket);
        var running = socket.RunAsync();
        socket.Close();
        Assert.Equal(opensAllTheSame ? ConnectionState.Closing : socket.ReadyState, socket.ReadyState);
        connecting.SetResult(pair.Client);
        await running.Soon();
        Assert.Equal(2, events.Count);
        Assert.StartsWith("Closed error ", events.First(), StringComparison.Ordinal);
        Assert.StartsWith("Closed closed 1006 ", events.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_raises_its_events_while_nobody_is_locked_out()
    {
        var socket = new BrowserSocket(
            "ws://localhost/", token => new TaskCompletionSource<WebSocketConnection>().Task.WaitAsync(token), NullLogger.Instance);
        bool free = false;
        socket.Closed += (_, _) => free = Task.Run(() => socket.ReadyState).Wait(TimeSpan.FromSeconds(5));
        await Task.Run(() => // without a context
        {
            var running = socket.RunAsync();
            socket.Close();
            return running;
        }).Soon();
        Assert.True(free);
    }

    [Fact]
    public async Task Extensions_are_known_without_the_heads_and_of_takeovers()
    {
        const string Agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, both: o => o.Compression = new CompressionOptions());
        string agreed = pair.Server.Extensions!;
        pair.Server.ReleaseHeads();
        var (up, down) = (new Pipe(), new Pipe());
        await using var server = WebSocketTakeover.Open(
            new DuplexPipeStream(new Duplex(up.Reader, down.Writer)), new TakeoverOptions { Compression = new CompressionOptions(), Extensions = Agreed });
        foreach (var (connection, expected) in new[] { (pair.Server, agreed), (server, Agreed) })
        {
            var socket = new BrowserSocket(connection);
            string? seen = null;
            socket.Opened += (_, _) => (seen, _) = (socket.Extensions, Task.Run(connection.Abort));
            await socket.RunAsync().Soon();
            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task What_waits_is_counted_and_too_much_of_it_fails()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, both: o => (o.SendBacklogBytes, o.ReadAheadBytes) = (100_000, 0));
        var socket = new BrowserSocket(pair.Server);
        var events = Record(socket);
        var running = socket.RunAsync();
        for (int i = 0; i < 16; i++)
        {
            socket.Send(new byte[10_000]); // 64 KiB are on the link, some may be with the peer
        }

        Assert.InRange(socket.BufferedAmount, 1, 160_000);
        await Waits.Until(() => pair.Server.BufferedBytes - socket.BufferedAmount is >= 0 and <= 16 * 4, "it is the bytes without the heads");
        while (socket.BufferedAmount > 0 && (await pair.Client.ReceiveAsync().Soon()).Length == 10_000)
        {
        }

        Assert.Equal(0, socket.BufferedAmount);
        for (int i = 0; i < 100; i++)
        {
            socket.Send(new byte[10_000]);
        }

        await running.Soon();
        Assert.Contains("SendBacklogBytes", events.ElementAt(1), StringComparison.Ordinal);
        Assert.StartsWith("Closed closed 1006 ", events.ElementAt(2), StringComparison.Ordinal);
        Assert.InRange(socket.BufferedAmount, 1, 1_000_000); // not set back at the end
    }

    [Fact]
    public async Task What_handlers_throw_is_logged_and_nobody_elses()
    {
        var log = new TestLog();
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, server: o => o.LoggerFactory = log);
        var socket = new BrowserSocket(pair.Server);
        socket.Opened += (_, _) => throw new InvalidOperationException("opened");
        socket.MessageReceived += (_, _) => throw new InvalidOperationException("message");
        socket.Closed += (_, _) => throw new InvalidOperationException("closed");
        var events = Record(socket);
        var running = socket.RunAsync();
        await pair.Client.SendAsync("one").Soon();
        await pair.Client.SendAsync("two").Soon();
        await Waits.Until(() => events.Count == 3, "both are seen");
        await pair.Client.CloseAsync().Soon();
        await running.Soon();
        Assert.Equal(["Open opened", "Open Text one", "Open Text two", "Closed closed 1000  True"], events);
        Assert.Equal(4, log.Count(22));
    }

    [Fact]
    public async Task Never_two_events_at_once()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Epoll);
        var socket = new BrowserSocket(pair.Server);
        int inside = 0;
        int most = 0;
        int seen = 0;
        void Enter()
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Thread.Yield();
            Interlocked.Decrement(ref inside);
        }

        socket.Opened += (_, _) => Enter();
        socket.MessageReceived += (_, _) => Enter();
        socket.MessageReceived += (_, _) => seen++;
        socket.Closed += (_, _) => Enter();
        var running = socket.RunAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                await pair.Client.SendAsync("x");
            }
        }))).Soon();
        await pair.Client.CloseAsync().Soon();
        await running.Soon();
        Assert.Equal((1, 2000), (most, seen));
    }

    [Theory]
    [InlineData("http://h/a?b", "ws://h/a?b")]
    [InlineData("https://h:8443/", "wss://h:8443/")]
    [InlineData("WS://H", "ws://h/")]
    [InlineData("wss://h/", "wss://h/")]
    public void Addresses_are_read_as_in_browsers(string url, string read) => Assert.Equal(read, new BrowserSocket(url).Url);

    [Fact]
    public void What_makes_no_sense_throws_at_once()
    {
        Assert.Throws<ArgumentException>(() => new BrowserSocket("ftp://h/"));
        Assert.Throws<ArgumentException>(() => new BrowserSocket("/relative"));
        Assert.Throws<ArgumentException>(() => new BrowserSocket("ws://h/#fragment"));
        Assert.Throws<ArgumentException>(() => new BrowserSocket("ws://h/", "twice", "twice"));
        Assert.Throws<ArgumentException>(() => new BrowserSocket("ws://h/", "no token"));
        var socket = new BrowserSocket("ws://h/");
        Assert.Throws<ArgumentException>(() => socket.Close(CloseCode.GoingAway));
        Assert.Throws<ArgumentException>(() => socket.Close((CloseCode)5000));
        Assert.Throws<ArgumentException>(() => socket.Close((CloseCode)3000, new string('x', 124)));
        Assert.Equal(ConnectionState.Connecting, socket.ReadyState);
    }

    private static ConcurrentQueue<string> Record(BrowserSocket socket)
    {
        var events = new ConcurrentQueue<string>();
        socket.Opened += (_, _) => events.Enqueue($"{socket.ReadyState} opened");
        socket.MessageReceived += (_, message) => events.Enqueue($"{socket.ReadyState} {message.Type} {message}");
        socket.Error += (_, error) => events.Enqueue($"{socket.ReadyState} error {error.Message}");
        socket.Closed += (_, end) => events.Enqueue($"{socket.ReadyState} closed {(int)end.Code} {end.Reason} {end.IsClean}");
        return events;
    }

    private static Task<WebSocketServer> StartAsync(Func<WebSocketConnection, Task> handler, Action<WebSocketServerOptions>? configure = null)
    {
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, SubProtocols = { "chat" } };
        configure?.Invoke(options);
        return WebSocketServer.StartAsync(options, handler);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
