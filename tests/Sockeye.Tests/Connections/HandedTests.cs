using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>What a handler sends on of the message that it looks at leaves as it came, though its head may be written over the received one.</summary>
public sealed class HandedTests
{
    private const byte Text = 0x81, Binary = 0x82;

    public static TheoryData<ServerTransport, int> Ways =>
        new MatrixTheoryData<ServerTransport, int>([ServerTransport.Sockets, ServerTransport.Epoll], [1023, 1024, 5000, 65_535, 65_536, 200_000]);

    [Theory, MemberData(nameof(Ways))]
    public async Task All_that_is_sent_of_a_message_is_what_came(ServerTransport transport, int size)
    {
        await using var server = await StartAsync(transport);
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]);
        byte[][] payloads = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, size).Select(at => (byte)('a' + ((at + i) % 26))).ToArray())];

        // Together, so that the head of one message stands behind the payload of another.
        var sending = peer.SendAsync([.. payloads.SelectMany(payload => RawPeer.Frame(Text, payload))]);
        foreach (byte[] payload in payloads)
        {
            await ExpectRepliesAsync(peer, payload);
        }

        await sending;
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task So_it_is_with_a_message_that_came_in_parts(ServerTransport transport, int size)
    {
        await using var server = await StartAsync(transport);
        using var peer = await RawPeer.OpenAsync((await server.Started)[0]);
        byte[] payload = [.. Enumerable.Range(0, size).Select(at => (byte)('a' + (at % 26)))];
        byte[] frame = RawPeer.Frame(Text, payload);
        int head = frame.Length - size;
        foreach (int cut in new[] { 1, head - 1, head, head + 1, head + (size / 2) })
        {
            // The pong says that what stands behind the ping was read too.
            await peer.SendAsync([.. RawPeer.Frame(0x89, "read"u8), .. frame[..cut]]);
            Assert.Equal("read"u8.ToArray(), (await peer.ReadFrameAsync()).Payload);
            await peer.SendAsync(frame[cut..]);
            await ExpectRepliesAsync(peer, payload);
        }
    }

    private static async Task ExpectRepliesAsync(RawPeer peer, byte[] payload)
    {
        (byte, byte[])[] expected =
            [(Binary, payload[10..]), (Text, payload), (Binary, payload), (Text, payload[..^1]), (Text, payload)];
        foreach (var (first, bytes) in expected)
        {
            var (firstByte, reply) = await peer.ReadFrameAsync();
            Assert.Equal(first, firstByte);
            Assert.True(reply.AsSpan().SequenceEqual(bytes));
        }
    }

    private static async Task<WebSocketServer> StartAsync(ServerTransport transport)
    {
        var server = new WebSocketServer(
            new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Transport = transport, Loops = 1, SendBacklogBytes = 16 << 20 },
            new Repeater());
        await server.StartAsync();
        return server;
    }

    private sealed class Repeater : WebSocketHandler
    {
        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
        {
            bool sent = connection.TrySend(payload[10..], MessageType.Binary)
                && connection.TrySend(payload, type)
                && connection.TrySend(payload, MessageType.Binary)
                && connection.TrySend(payload[..^1], type)
                && connection.TrySend(payload, type);
            if (!sent)
            {
                throw new InvalidOperationException("refused");
            }
        }
    }
}
