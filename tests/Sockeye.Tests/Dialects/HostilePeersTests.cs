using Sockeye.Tests.Support;
using static Sockeye.Tests.Dialects.Transcripts;

namespace Sockeye.Tests.Dialects;

/// <summary>Peers of 2010 that break the rules, or that break off: each gets its end, and the server goes on.</summary>
public sealed class HostilePeersTests
{
    public static TheoryData<ServerTransport> Transports => [ServerTransport.Sockets, ServerTransport.Epoll];

    public static TheoryData<string, string, int> BadHeads => new()
    {
        { "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: 4146546015", 400 },
        { "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: 2 L785 8o% s9Sy9@V. 4<1P5", 400 },
        { "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: 42949 67296", 400 },
        { "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: no digits", 400 },
        { "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00", "X: y", 400 },
        { "Origin: http://example.com", "Origin: http://evil.example", 403 },
        { "Host: example.com", "Host: evil.example", 421 },
        { "Host: example.com", "Host: example.com\r\nContent-Length: 9", 400 },
        { "Sec-WebSocket-Protocol: sample", "Sec-WebSocket-Protocol: other", 400 },
        { "GET /demo", "GET /elsewhere", 404 },
        { "Upgrade: WebSocket", "Upgrade: WebSocket\r\nSec-WebSocket-Version: 6", 426 },
        { "Upgrade: WebSocket", "Upgrade: WebSocket\r\nSec-WebSocket-Draft: 2", 426 },
    };

    [Theory, MemberData(nameof(BadHeads))]
    public async Task A_bad_head_is_refused_and_the_connection_ends(string part, string instead, int status)
    {
        await using var server = await ServeAsync(ServerTransport.Sockets);
        using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
        await peer.SendAsync(Hixie76Head.Replace(part, instead, StringComparison.Ordinal) + Hixie76Key3);
        string answer = Latin(await peer.ReadToEndAsync());
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        if (status == 426)
        {
            Assert.Contains("\r\nSec-WebSocket-Version: 13, 8, 7\r\n", answer, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_origin_rule_holds_in_every_dialect(ServerTransport transport)
    {
        await using var server = await ServeAsync(transport);
        string[] requests =
        [
            Hixie75Request.Replace("Origin: http://example.com", "Origin: http://evil.example", StringComparison.Ordinal),
            Hybi("8", "Sec-WebSocket-Origin: http://evil.example"),
            Hybi("7", "Sec-WebSocket-Origin: http://evil.example"),
            Hybi("8", "Origin: http://evil.example"), // drafts 11 and 12 have this name
            Hybi("8", "Origin: http://example.com\r\nSec-WebSocket-Origin: http://evil.example"),
            Hybi("8", "Origin: http://evil.example\r\nSec-WebSocket-Origin: http://example.com"),
            Hybi("13", "Origin: http://evil.example"),
        ];
        foreach (string request in requests)
        {
            using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
            await peer.SendAsync(request);
            Assert.StartsWith("HTTP/1.1 403 ", Latin(await peer.ReadToEndAsync()), StringComparison.Ordinal);
        }

        foreach (string request in (string[])[Hybi("8", "Sec-WebSocket-Origin: http://example.com"), Hybi("7", "Origin: http://example.com")])
        {
            using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
            await peer.SendAsync(request);
            Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", await peer.ReadHeadAsync(), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Eight_bytes_that_do_not_come_in_time_end_the_connection(ServerTransport transport)
    {
        var time = new ManualTime();
        int opened = 0;
        await using var server = await ServeAsync(transport, options => options.TimeProvider = time, _ => ++opened);
        using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
        await peer.SendAsync(Hixie76Head);
        Assert.Equal(Hixie76ResponseHead, await peer.ReadHeadAsync());
        await peer.SendAsync(Hixie76Key3[..7]);
        await Waits.Until(() => server.HandshakeCount == 1, "the handshake is under way");
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(await EndAsync(peer));
        await Waits.Until(() => server.HandshakeCount == 0, "the handshake is forgotten");
        Assert.Equal((0, 0), (opened, server.ConnectionCount));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_leaves_before_its_eight_bytes_is_told_to_who_accepted_it(ServerTransport transport)
    {
        await using var server = new WebSocketServer(Options(transport));
        await server.StartAsync();
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        using (var peer = await RawPeer.ConnectAsync((await server.Started)[0]))
        {
            await peer.SendAsync(Hixie76Head + Hixie76Key3[..3]);
            Assert.True(await requests.MoveNextAsync().Soon());
            var accepting = requests.Current.AcceptAsync();
            Assert.Equal(Hixie76ResponseHead, await peer.ReadHeadAsync());
            Assert.False(accepting.IsCompleted);
            peer.ShutdownSend();
            await Assert.ThrowsAsync<InvalidOperationException>(() => accepting.Soon());
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => requests.Current.AcceptAsync());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_server_that_stops_does_not_wait_for_the_eight_bytes(ServerTransport transport)
    {
        await using var server = await ServeAsync(transport);
        using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
        await peer.SendAsync(Hixie76Head);
        Assert.Equal(Hixie76ResponseHead, await peer.ReadHeadAsync());
        await server.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        Assert.Empty(await EndAsync(peer));
    }

    [Theory]
    [InlineData("00 C0AF FF", CloseCode.InvalidPayload)]
    [InlineData("00 80 FF", CloseCode.InvalidPayload)]
    [InlineData("80 FFFFFFFF7F", CloseCode.MessageTooBig)]
    [InlineData("80 8080808080808080808080", CloseCode.ProtocolError)]
    public async Task Bad_frames_end_the_connection_and_reach_nobody(string frames, CloseCode code)
    {
        var messages = new List<string>();
        CloseResult? result = null;
        await using var server = await WebSocketServer.StartAsync(Options(ServerTransport.Sockets), async connection =>
        {
            await foreach (var message in connection)
            {
                messages.Add(message.ToString());
            }

            result = await connection.Closed;
        });
        using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
        await peer.SendAsync(Hixie76Head + Hixie76Key3);
        await peer.ReadAsync(223);
        await peer.SendAsync([0, .. "good"u8, 0xFF, .. Convert.FromHexString(frames.Replace(" ", "", StringComparison.Ordinal))]);
        Assert.Equal([0xFF, 0x00], await EndAsync(peer));
        peer.Dispose();
        await Waits.Until(() => result is not null, "the connection ends");
        Assert.Equal(["good"], messages);
        Assert.Equal(code, result!.Violation!.Code);
        Assert.False(result.IsClean);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_close_that_is_not_answered_is_over_after_the_close_timeout(ServerTransport transport)
    {
        var time = new ManualTime();
        Task<CloseResult>? closed = null;
        await using var server = await WebSocketServer.StartAsync(
            Options(transport, options => options.TimeProvider = time), connection => closed = connection.CloseAsync());
        using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
        await peer.SendAsync(Hixie76Head + Hixie76Key3);
        await peer.ReadAsync(223);
        Assert.Equal([0xFF, 0x00], await peer.ReadAsync(2));
        await peer.SendAsync([0, .. "dropped"u8, 0xFF]);
        await Waits.Until(() => closed is not null, "the handler closes");
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.False((await closed!.Soon()).IsClean);
        Assert.Empty(await EndAsync(peer));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_hixie_75_connection_that_breaks_within_a_message_is_not_closed_cleanly(ServerTransport transport)
    {
        var results = new List<CloseResult>();
        var messages = new List<string>();
        await using var server = await WebSocketServer.StartAsync(Options(transport), async connection =>
        {
            await foreach (var message in connection)
            {
                messages.Add(message.ToString());
            }

            results.Add(await connection.Closed);
        });
        foreach (string end in (string[])["\0whole\xFF", "\0cut"])
        {
            using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
            await peer.SendAsync(Hixie75Request);
            Assert.Equal(Hixie75Response, await peer.ReadHeadAsync());
            await peer.SendAsync(end);
            peer.ShutdownSend();
            Assert.Empty(await EndAsync(peer));
            await Waits.Until(() => server.ConnectionCount == 0, "the connection ends");
        }

        Assert.Equal(["whole"], messages);
        Assert.Equal([true, false], results.Select(result => result.IsClean));
        Assert.Equal([CloseCode.NoCode, CloseCode.Abnormal], results.Select(result => result.Code));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Garbage_of_any_kind_leaves_nothing_behind(ServerTransport transport)
    {
        var unobserved = new System.Collections.Concurrent.ConcurrentQueue<string>();
        EventHandler<UnobservedTaskExceptionEventArgs> count = (_, e) => unobserved.Enqueue(e.Exception.ToString());
        TaskScheduler.UnobservedTaskException += count;
        try
        {
            await ThrowGarbageAsync(transport);
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.True(unobserved.IsEmpty, string.Join("\n\n", unobserved));
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= count;
        }
    }

    private static async Task ThrowGarbageAsync(ServerTransport transport)
    {
        await using var server = await ServeAsync(transport);
        var random = new Random(2010);
        for (int i = 0; i < 200; i++)
        {
            using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
            string head = i % 2 == 0 ? Hixie76Head + Hixie76Key3[..random.Next(9)] : Hixie75Request;
            byte[] frames = new byte[random.Next(200)];
            random.NextBytes(frames);
            try
            {
                await peer.SendAsync([.. Latin(head), .. frames]);
                if (i % 5 == 0)
                {
                    peer.Reset();
                }
                else
                {
                    peer.ShutdownSend();
                    await peer.ReadToEndAsync();
                }
            }
            catch (IOException)
            {
                // The server ended it first.
            }
        }

        await Waits.Until(() => server.ConnectionCount + server.HandshakeCount == 0, "all are gone");
    }

    private static string Hybi(string version, string lines) =>
        $"GET /demo HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sample\r\n" +
        $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: {version}\r\n{lines}\r\n\r\n";

    // A link that is cut may be reset: either way nothing more comes.
    private static async Task<byte[]> EndAsync(RawPeer peer)
    {
        try
        {
            return await peer.ReadToEndAsync();
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static WebSocketServerOptions Options(ServerTransport transport, Action<WebSocketServerOptions>? more = null)
    {
        var options = new WebSocketServerOptions
        {
            Transport = transport,
            Listen = { "ws://127.0.0.1:0" },
            AllowedHosts = { "example.com" },
            SubProtocols = { "sample" },
            RequireSubProtocol = true,
            Paths = { "/demo" },
            Dialects = WebSocketDialects.All,
        };
        more?.Invoke(options);
        return options;
    }

    private static Task<WebSocketServer> ServeAsync(
        ServerTransport transport, Action<WebSocketServerOptions>? more = null, Action<WebSocketConnection>? opened = null) =>
        WebSocketServer.StartAsync(Options(transport, more), async connection =>
        {
            opened?.Invoke(connection);
            await connection.Closed;
        });
}
