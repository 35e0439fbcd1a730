using System.Text;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Handshake;
using Sockeye.Tests.Protocol.Extensions.Deflate;
using Sockeye.Tests.Protocol.Support;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>Compression on open connections, of both roles and on every transport.</summary>
public sealed class CompressionTests
{
    private const string Agreed = "\r\nSec-WebSocket-Extensions: permessage-deflate";

    public static TheoryData<TransportKind, bool> TransportsAndModes =>
        [.. from kind in Enum.GetValues<TransportKind>() from takeover in new[] { false, true } select (kind, takeover)];

    [Theory, MemberData(nameof(TransportsAndModes))]
    public async Task Messages_of_all_sizes_arrive_as_they_were_sent(TransportKind kind, bool takeover)
    {
        await using var pair = await Pair.OpenAsync(kind, both: o => (o.Compression, o.MaxMessageBytes) = (Options(takeover, threshold: 0), 2 << 20));
        Assert.Equal(takeover ? "permessage-deflate" : "permessage-deflate; server_no_context_takeover; client_no_context_takeover", pair.Client.Extensions);
        Assert.Equal(pair.Client.Extensions, pair.Server.Extensions);
        foreach (int size in new[] { 0, 1, 125, 126, 1000, 4096, 16_384, 65_536, 200_000, (2 << 20) - 1, 2 << 20 })
        {
            foreach (byte[] payload in new[] { Samples.Json(size, size), Noise(size) })
            {
                var sent = pair.Client.SendAsync(payload).AsTask();
                var received = await pair.Server.ReceiveAsync().Soon();
                Assert.True(received.Span.SequenceEqual(payload), $"client to server, {size}");
                await sent.Soon();
                var back = pair.Server.SendAsync(received).AsTask();
                Assert.True((await pair.Client.ReceiveAsync().Soon()).Span.SequenceEqual(payload), $"server to client, {size}");
                await back.Soon();
            }
        }
    }

    [Theory, MemberData(nameof(TransportsAndModes))]
    public async Task Fragments_of_a_message_arrive_as_one(TransportKind kind, bool takeover)
    {
        await using var pair = await Pair.OpenAsync(kind, both: o => o.Compression = Options(takeover));
        for (int i = 0; i < 3; i++)
        {
            await using var writer = pair.Client.StartMessage(MessageType.Text);
            await writer.WriteAsync(Encoding.UTF8.GetBytes("Grüße, ")).Soon();
            await writer.WriteAsync(default).Soon();
            await writer.WriteAsync(Encoding.UTF8.GetBytes("Welt")).Soon();
            await writer.CompleteAsync().Soon();
            Assert.Equal("Grüße, Welt", (await pair.Server.ReceiveAsync().Soon()).ToString());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_senders_at_once_keep_the_streams_whole(bool takeover)
    {
        await using var pair = await Pair.OpenAsync(
            TransportKind.Epoll, both: o => (o.Compression, o.SendBacklogBytes, o.ReadAheadBytes) = (Options(takeover, threshold: 0), 20_000, 5000));
        var prepared = new PreparedMessage(Samples.Json(99, 1500), MessageType.Text);
        var senders = Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                using var cancelled = new CancellationTokenSource();
                byte[] payload = [(byte)sender, .. BitConverter.GetBytes(i), .. Samples.Json(i % 7, 50 + (i * 37 % 3000))];
                switch (i % 20)
                {
                    case 7:
                        await pair.Server.SendAsync(prepared);
                        break;
                    case 9:
                        var withdrawn = pair.Server.SendAsync(Samples.Json(5, 15_000), MessageType.Text, cancelled.Token).AsTask();
                        await cancelled.CancelAsync();
                        await Task.WhenAny(withdrawn);
                        break;
                }

                await pair.Server.SendAsync(payload);
            }
        })).ToArray();

        int[] next = new int[4];
        while (next.Any(n => n < 200))
        {
            var message = await pair.Client.ReceiveAsync().Soon();
            Assert.False(message.IsClose);
            if (message.Type == MessageType.Binary)
            {
                int number = BitConverter.ToInt32(message.Span[1..]);
                Assert.Equal(next[message.Span[0]]++, number);
                Assert.True(message.Span[5..].SequenceEqual(Samples.Json(number % 7, 50 + (number * 37 % 3000))));
            }
        }

        await Task.WhenAll(senders).Soon();
    }

    [Fact]
    public async Task What_is_compressed_is_told_by_size_by_flag_and_by_result()
    {
        var options = new CompressionOptions { ThresholdBytes = 100 };
        await using var server = await EchoAsync(options, TransportKind.Sockets);
        using var peer = await OpenAsync(server, "permessage-deflate");
        byte[] text = Samples.Json(1, 400);

        Assert.Equal(0xC1, await FirstByteAsync(peer, text));
        Assert.Equal(0xC1, await FirstByteAsync(peer, text[..100]));
        Assert.Equal(0x81, await FirstByteAsync(peer, text[..99]));
        Assert.Equal(0x82, await FirstByteAsync(peer, Noise(400), binary: true));
        Assert.Equal(0x81, await FirstByteAsync(peer, [.. "!"u8, .. text]));
    }

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits=8", 8)]
    [InlineData("permessage-deflate; server_max_window_bits=9", 9)]
    [InlineData("permessage-deflate; server_max_window_bits=12; server_no_context_takeover", 12)]
    public async Task A_window_that_the_peer_asks_for_is_kept(string offer, int bits)
    {
        await using var server = await EchoAsync(Options(takeover: true), TransportKind.Epoll);
        using var peer = await OpenAsync(server, offer);
        var strict = new StrictInflater(1 << bits);
        for (int i = 0; i < 5; i++)
        {
            byte[] text = Samples.Json(1, 5000);
            await peer.SendFrameAsync(0x81, text);
            var (first, payload) = await peer.ReadFrameAsync();
            Assert.Equal(0xC1, first);
            Assert.Equal(text, strict.Message(payload, forget: offer.Contains("no_context", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_client_that_offers_nothing_gets_nothing()
    {
        await using var server = await EchoAsync(Options(takeover: true), TransportKind.Sockets);
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]);

        Assert.Equal(0x81, await FirstByteAsync(peer, Samples.Json(1, 1000)));
        await peer.SendFrameAsync(0xC1, [0]);
        Assert.Equal(1002, CodeOf(await peer.ReadFrameAsync()));
    }

    [Theory]
    [InlineData(TransportKind.Sockets)]
    [InlineData(TransportKind.Epoll)]
    public async Task Corrupt_data_is_answered_with_1007_and_bombs_with_1009(TransportKind kind)
    {
        await using var server = await EchoAsync(Options(takeover: true), kind);
        using (var peer = await OpenAsync(server, "permessage-deflate"))
        {
            await peer.SendFrameAsync(0xC2, [0x07, 1, 2, 3]);
            Assert.Equal(1007, CodeOf(await peer.ReadFrameAsync()));
        }

        using (var peer = await OpenAsync(server, "permessage-deflate"))
        {
            await peer.SendFrameAsync(0xC2, MessageDeflater.Prepare(new byte[100 << 20], new DeflaterSettings(9, 15, 8))!);
            Assert.Equal(1009, CodeOf(await peer.ReadFrameAsync()));
        }
    }

    [Fact]
    public async Task A_bomb_that_is_received_in_pieces_waits_for_its_receiver()
    {
        await using var pair = await Pair.OpenAsync(
            TransportKind.Epoll, both: o => (o.Compression, o.MaxMessageBytes, o.ReadAheadBytes) = (Options(takeover: false), 64 << 20, 100_000));
        var receiving = pair.Server.ReceivePieceAsync();
        var sending = pair.Client.SendAsync(new byte[32 << 20]).AsTask();
        long received = 0;
        WebSocketMessage piece;
        while (true)
        {
            piece = await receiving.Soon();
            Assert.InRange(piece.Length, 0, 200_000);
            Assert.True(piece.Span.IndexOfAnyExcept((byte)0) < 0);
            received += piece.Length;
            if (piece.EndOfMessage)
            {
                break;
            }

            receiving = pair.Server.ReceivePieceAsync();
        }

        Assert.Equal(32 << 20, received);
        await sending.Soon();
    }

    [Fact]
    public async Task Where_nothing_can_be_compressed_nothing_is_and_that_is_logged()
    {
        var log = new TestLog();
        var missing = new CompressionOptions { EngineMissing = new DllNotFoundException("not here") };
        await using (var pair = await Pair.OpenAsync(
            TransportKind.Sockets, server: o => (o.Compression, o.LoggerFactory) = (missing, log), client: o => o.Compression = Options(takeover: false)))
        {
            Assert.Null(pair.Server.Extensions);
            Assert.Null(pair.Client.Extensions);
            await pair.Client.SendAsync(Samples.Json(1, 1000)).Soon();
            Assert.Equal(1000, (await pair.Server.ReceiveAsync().Soon()).Length);
        }

        await using (var pair = await Pair.OpenAsync(
            TransportKind.Sockets, server: o => o.Compression = Options(takeover: false), client: o => (o.Compression, o.LoggerFactory) = (missing, log)))
        {
            Assert.Null(pair.Client.Extensions);
        }

        Assert.Equal(1, log.Count(21));
    }

    [Theory]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate")] // without what was asked for
    [InlineData("permessage-deflate; server_no_context_takeover, permessage-deflate")]
    [InlineData("permessage-bzip2")]
    public async Task An_answer_that_breaks_the_rules_fails_the_opening(string answer)
    {
        var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var url = new Uri($"ws://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}/");
        var opening = WebSocketClient.ConnectAsync(url, new WebSocketClientOptions { Compression = Options(takeover: false) });
        using var server = await listener.AcceptTcpClientAsync();
        listener.Stop();
        using var reader = new StreamReader(server.GetStream(), Encoding.Latin1);
        string key = "", offer = "";
        for (string? line = await reader.ReadLineAsync(); line is { Length: > 0 }; line = await reader.ReadLineAsync())
        {
            key = line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal) ? line[19..] : key;
            offer = line.StartsWith("Sec-WebSocket-Extensions: ", StringComparison.Ordinal) ? line[26..] : offer;
        }

        Assert.Equal("permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits", offer);
        string accept = AcceptKey.Compute(key);
        await server.GetStream().WriteAsync(Encoding.Latin1.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: {answer}\r\n\r\n"));
        var refused = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => opening.Soon());

        Assert.Equal(ClientHandshakeError.Extensions, refused.Error);
    }

    private static CompressionOptions Options(bool takeover, int threshold = 256) =>
        new() { ServerContextTakeover = takeover, ClientContextTakeover = takeover, ThresholdBytes = threshold };

    private static byte[] Noise(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Echoes; what begins with an exclamation mark goes back uncompressed.</summary>
    private static Task<WebSocketServer> EchoAsync(CompressionOptions compression, TransportKind kind) => WebSocketServer.StartAsync(
        new WebSocketServerOptions
        {
            Listen = { "ws://127.0.0.1:0" },
            Transport = kind == TransportKind.Epoll ? ServerTransport.Epoll : ServerTransport.Sockets,
            Compression = compression,
        },
        async connection =>
        {
            await foreach (var message in connection)
            {
                bool plain = message.Span.StartsWith("!"u8);
                await connection.SendAsync(message.ToArray(), message.Type, plain ? MessageFlags.DisableCompression : MessageFlags.None);
            }
        });

    private static async Task<RawPeer> OpenAsync(WebSocketServer server, string offer)
    {
        var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
        await peer.SendAsync(RawPeer.Handshake[..^2] + $"Sec-WebSocket-Extensions: {offer}\r\n\r\n");
        Assert.Contains(Agreed, await peer.ReadHeadAsync(), StringComparison.Ordinal);
        return peer;
    }

    private static async Task<int> FirstByteAsync(RawPeer peer, byte[] message, bool binary = false)
    {
        await peer.SendFrameAsync(binary ? (byte)0x82 : (byte)0x81, message);
        return (await peer.ReadFrameAsync()).First;
    }

    private static int CodeOf((byte First, byte[] Payload) frame)
    {
        Assert.Equal(0x88, frame.First);
        return (frame.Payload[0] << 8) | frame.Payload[1];
    }
}
