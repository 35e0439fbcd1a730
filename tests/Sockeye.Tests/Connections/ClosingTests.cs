using System.Buffers.Binary;
using System.Text;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>However a connection ends, it ends, and both sides know how.</summary>
public sealed class ClosingTests
{
    public static TheoryData<TransportKind> Transports => Pair.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task Both_ends_may_close_at_once(TransportKind kind)
    {
        for (int i = 0; i < 10; i++)
        {
            await using var pair = await Pair.OpenAsync(kind);
            var ends = await Task.WhenAll(
                Task.Run(() => pair.Client.CloseAsync((CloseCode)4001, "client")),
                Task.Run(() => pair.Server.CloseAsync((CloseCode)4002, "server"))).Soon();
            Assert.All(ends, e => Assert.True(e.IsClean));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Closing_with_unread_messages_still_ends_cleanly(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        for (int i = 0; i < 40; i++)
        {
            pair.Client.TrySend(new byte[20_000], MessageType.Binary);
        }

        var server = await pair.Server.CloseAsync(CloseCode.GoingAway, "enough").Soon();
        Assert.True(server.IsClean);
        var client = await pair.Client.Closed.Soon();
        Assert.Equal((CloseCode.GoingAway, "enough", CloseInitiator.Remote, true), (client.Code, client.Reason, client.Initiator, client.IsClean));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_aborted_link_is_abnormal_at_both_ends(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        var receiving = pair.Client.ReceiveAsync().AsTask();
        var ping = pair.Client.PingAsync(new byte[] { 1 });
        pair.Server.Abort();
        Assert.True((await receiving.Soon()).IsClose);
        await ping.ContinueWith(p => p.Exception, TaskScheduler.Default).Soon(); // answered or failed, as the race went
        var client = await pair.Client.Closed.Soon();
        var server = await pair.Server.Closed.Soon();
        Assert.Equal((CloseCode.Abnormal, false), (client.Code, client.IsClean));
        Assert.Equal((CloseCode.Abnormal, false, "", "aborted by the application"), (server.Code, server.IsClean, server.Reason, server.Cause));
        Assert.Equal(ConnectionState.Closed, pair.Server.State);
    }

    [Fact]
    public async Task A_close_without_a_code_is_empty()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        await pair.Client.CloseAsync(CloseCode.NoCode).Soon();
        var seen = await pair.Server.Closed.Soon();
        Assert.Equal((CloseCode.NoCode, "", true), (seen.Code, seen.Reason, seen.IsClean));
    }

    [Fact]
    public async Task A_close_finishes_in_5_seconds_though_the_peer_is_silent()
    {
        var time = new ManualTime();
        await using var host = await WebSocketServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, TimeProvider = time });
        using var peer = await OpenRawAsync(host);
        var server = peer.Connection;
        var closing = server.CloseAsync(CloseCode.Normal, "bye");
        Assert.Equal(0x88, (await peer.Raw.ReadFrameAsync()).First);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(ConnectionState.Closing, server.State);
        Assert.False(closing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        var result = await closing.Soon();
        Assert.Equal((CloseCode.Abnormal, false, CloseInitiator.Local, ""), (result.Code, result.IsClean, result.Initiator, result.Reason));
        Assert.Contains("5 s", result.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_the_wait_for_a_close_leaves_the_close_under_way()
    {
        await using var host = await WebSocketServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } });
        using var peer = await OpenRawAsync(host);
        using var cancellation = new CancellationTokenSource();
        var closing = peer.Connection.CloseAsync(CloseCode.Normal, "", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => closing);
        Assert.Equal(0x88, (await peer.Raw.ReadFrameAsync()).First);
        await peer.Raw.SendFrameAsync(0x88, [0x03, 0xE8]);
        peer.Raw.Dispose();
        Assert.True((await peer.Connection.Closed.Soon()).IsClean);
    }

    [Fact]
    public async Task The_server_ends_the_tcp_connection_after_the_close_frames()
    {
        await using var host = await WebSocketServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } });
        using var peer = await OpenRawAsync(host);
        await peer.Raw.SendFrameAsync(0x88, [0x0F, 0xA1, (byte)'x']);
        Assert.Equal(new byte[] { 0x88, 3, 0x0F, 0xA1, (byte)'x' }, await peer.Raw.ReadToEndAsync());
        peer.Raw.Dispose();
        Assert.True((await peer.Connection.Closed.Soon()).IsClean);
    }

    [Theory]
    [InlineData("ws://127.0.0.1:0")]
    [InlineData("wss://127.0.0.1:0")]
    [InlineData("stream")]
    [InlineData("ws://127.0.0.1:0", ServerTransport.Epoll)]
    public async Task A_thousand_of_a_thousand_violations_are_told(string listen, ServerTransport transport = ServerTransport.Sockets)
    {
        var options = new WebSocketServerOptions { Certificate = TestCertificate.Localhost, MaxMessageBytes = 1 << 24, Transport = transport };
        if (listen != "stream")
        {
            options.Listen.Add(listen);
        }

        await using var host = new WebSocketServer(options, connection => connection.Closed);
        var url = listen == "stream" ? null : (await host.StartAsync())[0];
        int told = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            using var raw = url is null ? await RawPeer.OpenAsync(host) : await RawPeer.OpenAsync(url);

            // A bad frame in front of much that is never read: a server that just closes would reset the link and lose its frame.
            byte[] bad = RawPeer.Frame((byte)(i % 2 == 0 ? 0xB1 : 0x83), new byte[10]);
            var sending = raw.SendAsync([.. bad, .. RawPeer.Frame(0x82, new byte[i % 5 * 50_000])]);
            var (first, payload) = await raw.ReadFrameAsync();
            await sending;
            Assert.Equal(0x88, first);
            Assert.Equal(1002, BinaryPrimitives.ReadUInt16BigEndian(payload));
            Assert.Empty(await raw.ReadToEndAsync());
            Interlocked.Increment(ref told);
        });
        Assert.Equal(1000, told);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_violation_by_the_server_is_told_by_the_client(TransportKind kind)
    {
        // The client's limit is the rule that is broken here.
        await using var pair = await Pair.OpenAsync(kind, client: o => o.MaxMessageBytes = 10);
        await pair.Server.SendAsync(new byte[11]).Soon();
        var server = await pair.Server.Closed.Soon();
        Assert.Equal((CloseCode.MessageTooBig, CloseInitiator.Remote), (server.Code, server.Initiator));
        var client = await pair.Client.Closed.Soon();
        Assert.Equal((CloseCode.MessageTooBig, CloseInitiator.Local, false), (client.Code, client.Initiator, client.IsClean));
        Assert.Equal("RFC 6455 §10.4", client.Violation!.Section);
        Assert.True((await pair.Client.ReceiveAsync().Soon()).IsClose);
    }

    [Fact]
    public async Task Nothing_after_a_violation_reaches_the_application()
    {
        await using var host = await WebSocketServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } });
        using var peer = await OpenRawAsync(host);
        await peer.Raw.SendAsync([.. RawPeer.Frame(0x81, "good"u8), .. RawPeer.Frame(0x83, []), .. RawPeer.Frame(0x81, "late"u8)]);
        Assert.Equal("good", (await peer.Connection.ReceiveAsync().Soon()).ToString());
        Assert.True((await peer.Connection.ReceiveAsync().Soon()).IsClose);
    }

    [Theory]
    [InlineData("ws://127.0.0.1:0", ServerTransport.Sockets)]
    [InlineData("ws://127.0.0.1:0", ServerTransport.Epoll)]
    public async Task What_came_before_a_violation_is_answered(string listen, ServerTransport transport)
    {
        var options = new WebSocketServerOptions { Listen = { listen }, Transport = transport };
        await using var host = new WebSocketServer(options, async connection =>
        {
            await foreach (var message in connection)
            {
                await Task.Yield(); // the answer is not ready at once
                await connection.SendAsync(message.ToString());
            }
        });
        var url = (await host.StartAsync())[0];
        for (int i = 0; i < 50; i++)
        {
            using var raw = await RawPeer.OpenAsync(url);
            await raw.SendAsync([.. RawPeer.Frame(0x81, "one"u8), .. RawPeer.Frame(0x81, "two"u8), .. RawPeer.Frame(0x83, []), .. RawPeer.Frame(0x89, [])]);
            Assert.Equal((byte)0x81, (await raw.ReadFrameAsync()).Item1);
            Assert.Equal("two"u8.ToArray(), (await raw.ReadFrameAsync()).Item2);
            Assert.Equal((byte)0x88, (await raw.ReadFrameAsync()).Item1);
        }
    }

    [Fact]
    public async Task A_violation_waits_a_second_for_answers_and_no_longer()
    {
        var time = new ManualTime();
        await using var host = await WebSocketServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, TimeProvider = time });
        using var peer = await OpenRawAsync(host);
        var receiving = peer.Connection.ReceiveAsync(); // who waits is handed the message when all that came with it is read
        await peer.Raw.SendAsync([.. RawPeer.Frame(0x81, "held"u8), .. RawPeer.Frame(0x83, [])]);
        Assert.Equal("held", (await receiving.Soon()).ToString());
        var told = peer.Raw.ReadFrameAsync();
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(ConnectionState.Open, peer.Connection.State);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((byte)0x88, (await told.Soon()).Item1);
        Assert.True((await peer.Connection.ReceiveAsync().Soon()).IsClose); // which gives the held message back
    }

    [Fact]
    public async Task A_peer_that_sends_on_after_a_violation_is_cut()
    {
        await using var host = await WebSocketServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } });
        using var peer = await OpenRawAsync(host);
        await peer.Raw.SendFrameAsync(0x83, []);
        byte[] flood = new byte[1 << 20];
        long sent = 0;
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (sent < 200 << 20)
            {
                await peer.Raw.Stream.WriteAsync(flood);
                sent += flood.Length;
            }
        });
        Assert.InRange(sent, 8 << 20, 60 << 20); // 16 MiB and what the kernel buffers
        Assert.Equal(CloseCode.ProtocolError, (await peer.Connection.Closed.Soon()).Code);
    }

    private static async Task<RawConnection> OpenRawAsync(WebSocketServer host)
    {
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        var opening = RawPeer.OpenAsync((await host.Started)[0]);
        Assert.True(await requests.MoveNextAsync().Soon());
        var connection = await requests.Current.AcceptAsync();
        return new RawConnection(await opening.Soon(), connection);
    }

    private sealed record RawConnection(RawPeer Raw, WebSocketConnection Connection) : IDisposable
    {
        public void Dispose()
        {
            Raw.Dispose();
            Connection.Abort();
        }
    }
}
