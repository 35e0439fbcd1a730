using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Sockeye.Tests.Dialects;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>Connections on sockets, streams and pipes whose handshake somebody else has done.</summary>
public sealed class WebSocketTakeoverTests
{
    public static TheoryData<WebSocketDialects> Each => EveryDialectTests.Each;

    [Theory, MemberData(nameof(Each))]
    public async Task Both_ends_of_a_stream_are_taken_over(WebSocketDialects dialect)
    {
        var (up, down) = (new Pipe(), new Pipe());
        await using var server = WebSocketTakeover.Open(
            new Duplex(up.Reader, down.Writer), new TakeoverOptions { Dialect = dialect, SubProtocol = "chat", IsSecure = true });
        await using var client = WebSocketTakeover.Open(new Duplex(down.Reader, up.Writer), new TakeoverOptions { Dialect = dialect, IsServer = false });
        Assert.Equal((dialect, dialect), (server.Dialect, client.Dialect));
        Assert.Equal(("chat", true), (server.SubProtocol, server.IsSecure));
        await client.SendAsync("up");
        Assert.Equal("up", (await server.ReceiveAsync().Soon()).ToString());
        await server.SendAsync("down");
        Assert.Equal("down", (await client.ReceiveAsync().Soon()).ToString());
        Assert.True((await client.CloseAsync().Soon()).IsClean);
        Assert.True((await server.Closed.Soon()).IsClean);
    }

    [Fact]
    public async Task Somebody_elses_server_verifies_answers_and_hands_the_socket_over()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var url = new Uri($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/room");
        foreach (var dialect in (WebSocketDialects[])[WebSocketDialects.Rfc6455, WebSocketDialects.Hixie76, WebSocketDialects.Hixie75])
        {
            var connecting = WebSocketClient.ConnectAsync(url, new WebSocketClientOptions { Dialect = dialect });
            var socket = await listener.AcceptAsync().Soon();
            await using var server = await AcceptAsync(socket);
            await using var client = await connecting.Soon();
            Assert.Equal(dialect, server.Dialect);
            Assert.Equal("/room", server.Request!.Path);
            await client.SendAsync("hello");
            Assert.Equal("hello", (await server.ReceiveAsync().Soon()).ToString());
            Assert.True((await server.CloseAsync().Soon()).IsClean);
        }
    }

    [Fact]
    public async Task What_was_read_too_much_comes_first()
    {
        var (up, down) = (new Pipe(), new Pipe());
        byte[] received = [.. RawPeer.Frame(0x81, "first"u8), .. RawPeer.Frame(0x81, "sec"u8)[..5]];
        await using var server = WebSocketTakeover.Open(new Duplex(up.Reader, down.Writer), new TakeoverOptions { Received = received });
        received.AsSpan().Fill(0xDD); // it was copied
        Assert.Equal("first", (await server.ReceiveAsync().Soon()).ToString());
        await up.Writer.WriteAsync(RawPeer.Frame(0x81, "sec"u8).AsMemory(5));
        Assert.Equal("sec", (await server.ReceiveAsync().Soon()).ToString());
        await up.Writer.WriteAsync(RawPeer.Frame(0x88, []));
        Assert.True((await server.ReceiveAsync().Soon()).IsClose);
        await up.Writer.CompleteAsync();
    }

    [Fact]
    public async Task A_server_takes_a_socket_before_its_handshake()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using var server = new WebSocketServer(new WebSocketServerOptions { Dialects = WebSocketDialects.All });
        var url = new Uri($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/");
        var connecting = WebSocketClient.ConnectAsync(url, new WebSocketClientOptions { Dialect = WebSocketDialects.Hixie76, Origin = url.GetLeftPart(UriPartial.Authority).Replace("ws:", "http:", StringComparison.Ordinal) });
        server.Attach(await listener.AcceptAsync().Soon());
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        Assert.True(await requests.MoveNextAsync().Soon());
        Assert.Equal(url.Authority, requests.Current.Request.Head.Host);
        await using var connection = await requests.Current.AcceptAsync().Soon();
        await using var client = await connecting.Soon();
        Assert.Equal(WebSocketDialects.Hixie76, connection.Dialect);
        connection.Abort();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_agreed_on_about_compression_holds(bool takeover)
    {
        var compression = new CompressionOptions { ServerContextTakeover = takeover, ClientMaxWindowBits = 10, ThresholdBytes = 0 };
        var outcome = WebSocketHandshake.Verify(
            "GET",
            "/",
            [
                new("Host", "a"), new("Upgrade", "websocket"), new("Connection", "Upgrade"), new("Sec-WebSocket-Version", "13"),
                new("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), new("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
            ],
            new HandshakeRules { Deflate = compression.ToRules() });
        var (up, down) = (new Pipe(), new Pipe());
        await using var server = WebSocketTakeover.Open(
            new Duplex(up.Reader, down.Writer), new TakeoverOptions { Extensions = outcome.Extensions, Compression = compression });
        await using var client = WebSocketTakeover.Open(
            new Duplex(down.Reader, up.Writer), new TakeoverOptions { IsServer = false, Extensions = outcome.Extensions, Compression = new CompressionOptions() });
        Assert.Equal(outcome.Extensions, server.Extensions);
        string text = string.Concat(Enumerable.Repeat("again and again ", 1000));
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(text);
            Assert.Equal(text, (await server.ReceiveAsync().Soon()).ToString());
            await server.SendAsync(text);
            Assert.InRange(server.Core.Outbox.Written, 1, 1000);
            Assert.Equal(text, (await client.ReceiveAsync().Soon()).ToString());
        }

        Assert.Equal(takeover, !outcome.Extensions!.Contains("server_no_context_takeover", StringComparison.Ordinal));
        Assert.True((await client.CloseAsync().Soon()).IsClean);
    }

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate, x-other")]
    [InlineData("x-other")]
    [InlineData("a;;")]
    [InlineData("")]
    public void Extensions_that_nobody_speaks_are_refused(string extensions) =>
        Assert.Throws<ArgumentException>(() => WebSocketTakeover.Open(
            new MemoryStream(), new TakeoverOptions { Extensions = extensions, Compression = new CompressionOptions() }));

    [Fact]
    public void Options_that_make_no_sense_throw()
    {
        Assert.Throws<ArgumentException>(() => WebSocketTakeover.Open(new MemoryStream(), new TakeoverOptions { Extensions = "permessage-deflate" }));
        Assert.Throws<ArgumentException>(() => WebSocketTakeover.Open(
            new MemoryStream(),
            new TakeoverOptions { Extensions = "permessage-deflate", Compression = new CompressionOptions(), Dialect = WebSocketDialects.Hixie76 }));
        Assert.Throws<ArgumentException>(() => WebSocketTakeover.Open(new MemoryStream(), new TakeoverOptions { Dialect = WebSocketDialects.All }));
        Assert.ThrowsAny<ArgumentException>(() => WebSocketTakeover.Open(new MemoryStream(), new TakeoverOptions { MaxMessageBytes = 0 }));
        Assert.Throws<ArgumentNullException>(() => WebSocketTakeover.Open((Stream)null!));
    }

    /// <summary>What another HTTP server does: reads a head, verifies, answers, and hands the rest over.</summary>
    private static async Task<WebSocketConnection> AcceptAsync(Socket socket)
    {
        var bytes = new List<byte>();
        RequestHead? head;
        int consumed;
        while (!WebSocketHandshake.TryReadRequest([.. bytes], out head, out consumed, out var rejection))
        {
            Assert.Null(rejection);
            await ReceiveAsync();
        }

        var outcome = WebSocketHandshake.Verify(head, new HandshakeRules { Dialects = WebSocketDialects.All });
        await socket.SendAsync(outcome.ToResponse());
        if (outcome.ChallengeBytes > 0)
        {
            while (bytes.Count < consumed + outcome.ChallengeBytes)
            {
                await ReceiveAsync();
            }

            await socket.SendAsync(outcome.AnswerChallenge(bytes.ToArray().AsSpan(consumed, outcome.ChallengeBytes)));
            consumed += outcome.ChallengeBytes;
        }

        return WebSocketTakeover.Open(socket, new TakeoverOptions
        {
            Dialect = outcome.Dialect,
            SubProtocol = outcome.SubProtocol,
            Request = outcome.Head,
            Received = bytes.ToArray().AsMemory(consumed),
        });

        async Task ReceiveAsync()
        {
            byte[] buffer = new byte[100];
            int count = await socket.ReceiveAsync(buffer).Soon();
            Assert.NotEqual(0, count);
            bytes.AddRange(buffer.AsSpan(0, count));
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
