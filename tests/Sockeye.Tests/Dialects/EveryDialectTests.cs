using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Dialects;

/// <summary>Our client and our server with each other, in every dialect, over every transport.</summary>
public sealed class EveryDialectTests
{
    private static readonly WebSocketDialects[] s_each =
    [
        WebSocketDialects.Rfc6455, WebSocketDialects.Hybi08, WebSocketDialects.Hybi07,
        WebSocketDialects.August2010, WebSocketDialects.Hixie76, WebSocketDialects.Hixie75,
    ];

    public static TheoryData<WebSocketDialects> Each => [.. s_each];

    public static TheoryData<WebSocketDialects, TransportKind> Everywhere
    {
        get
        {
            var all = new TheoryData<WebSocketDialects, TransportKind>();
            foreach (var dialect in s_each)
            {
                foreach (var transport in Enum.GetValues<TransportKind>())
                {
                    all.Add(dialect, transport);
                }
            }

            return all;
        }
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task Text_goes_both_ways_and_both_know_what_they_speak(WebSocketDialects dialect, TransportKind transport)
    {
        await using var pair = await OpenAsync(dialect, transport);
        Assert.Equal(dialect, pair.Client.Dialect);
        Assert.Equal(dialect, pair.Server.Dialect);
        Assert.Equal("chat", pair.Client.SubProtocol);
        Assert.Equal("chat", pair.Server.SubProtocol);
        foreach (string text in (string[])["Hello", "", "caf\u00E9 \U0001F600", new('x', 126), new('y', 65_536), new('z', 700_000)])
        {
            var sending = pair.Client.SendAsync(text);
            Assert.Equal(text, (await pair.Server.ReceiveAsync().Soon()).ToString());
            await sending.Soon();
            sending = pair.Server.SendAsync(text);
            Assert.Equal(text, (await pair.Client.ReceiveAsync().Soon()).ToString());
            await sending.Soon();
        }

        Assert.True(pair.Client.TrySend("at once"));
        Assert.Equal("at once", (await pair.Server.ReceiveAsync().Soon()).ToString());
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task The_client_closes(WebSocketDialects dialect, TransportKind transport)
    {
        await using var pair = await OpenAsync(dialect, transport);
        await pair.Client.SendAsync("last");
        var closing = pair.Client.CloseAsync();
        Assert.Equal("last", (await pair.Server.ReceiveAsync().Soon()).ToString());
        Assert.True((await pair.Server.ReceiveAsync().Soon()).IsClose);
        await CheckEnds(pair.Client, pair.Server, await closing.Soon());
    }

    [Theory, MemberData(nameof(Everywhere))]
    public async Task The_server_closes(WebSocketDialects dialect, TransportKind transport)
    {
        await using var pair = await OpenAsync(dialect, transport);
        var closing = pair.Server.CloseAsync();
        Assert.True((await pair.Client.ReceiveAsync().Soon()).IsClose);
        await CheckEnds(pair.Server, pair.Client, await closing.Soon());
    }

    [Theory, MemberData(nameof(Each))]
    public async Task What_a_dialect_lacks_is_refused_and_the_connection_goes_on(WebSocketDialects dialect)
    {
        await using var pair = await OpenAsync(dialect, TransportKind.Memory);
        var client = pair.Client;
        await Check(DialectTraits.Binary, () => client.SendAsync("bytes"u8.ToArray()).AsTask());
        await Check(DialectTraits.Binary, () => Task.FromResult(client.TrySend("bytes"u8, MessageType.Binary)));
        await Check(DialectTraits.Ping, () => client.PingAsync());
        await Check(DialectTraits.Ping, () => client.PongAsync().AsTask());
        await Check(DialectTraits.Fragments, () => client.StartMessage(MessageType.Text).DisposeAsync().AsTask());
        await client.SendAsync("still here");
        WebSocketMessage message;
        do
        {
            message = await pair.Server.ReceiveAsync().Soon();
        }
        while (message.Type == MessageType.Binary);
        Assert.Equal("still here", message.ToString());
        await Check(DialectTraits.CloseCodes, () => client.CloseAsync(CloseCode.GoingAway, "bye"));

        async Task Check(DialectTraits trait, Func<Task> act)
        {
            if (client.Traits.HasFlag(trait))
            {
                await act().Soon();
            }
            else
            {
                var error = await Assert.ThrowsAsync<NotSupportedException>(act);
                Assert.Contains(" has no ", error.Message, StringComparison.Ordinal);
                Assert.Equal(ConnectionState.Open, client.State);
            }
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_received_message_of_another_connection_is_judged_too(WebSocketDialects dialect)
    {
        await using var pair = await OpenAsync(dialect, TransportKind.Memory);
        await using var modern = await Pair.OpenAsync(TransportKind.Memory);
        await modern.Client.SendAsync(new byte[] { 1, 2 });
        var binary = await modern.Server.ReceiveAsync().Soon();
        if (pair.Client.Traits.HasFlag(DialectTraits.Binary))
        {
            await pair.Client.SendAsync(binary);
            Assert.Equal(MessageType.Binary, (await pair.Server.ReceiveAsync().Soon()).Type);
        }
        else
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => pair.Client.SendAsync(binary).AsTask());
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_message_over_the_limit_ends_the_connection(WebSocketDialects dialect)
    {
        await using var pair = await OpenAsync(dialect, TransportKind.Memory, server => server.MaxMessageBytes = 1000);
        await pair.Client.SendAsync(new string('x', 1000));
        Assert.Equal(1000, (await pair.Server.ReceiveAsync().Soon()).Length);
        await pair.Client.SendAsync(new string('x', 1001));
        Assert.True((await pair.Server.ReceiveAsync().Soon()).IsClose);
        var result = await pair.Server.Closed.Soon();
        Assert.Equal(CloseCode.MessageTooBig, result.Violation!.Code);
        var seen = await pair.Client.Closed.Soon();
        var expected = pair.Client.Traits.HasFlag(DialectTraits.CloseCodes)
            ? dialect == WebSocketDialects.Rfc6455 ? CloseCode.MessageTooBig : (CloseCode)1004
            : CloseCode.NoCode;
        Assert.Equal(expected, seen.ReceivedCode);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_slow_reader_holds_the_sender_up(WebSocketDialects dialect)
    {
        var (clientLink, serverLink) = (new MemoryLinkOptions { Capacity = 4096 }, new MemoryLinkOptions { Capacity = 4096 });
        await using var pair = await Pair.OpenAsync(
            clientLink,
            serverLink,
            new WebSocketServerOptions { Dialects = dialect, ReadAheadBytes = 1024 },
            new WebSocketClientOptions { Dialect = dialect, SendBacklogBytes = 8192 });
        int sent = 0;
        while (pair.Client.TrySend(new string('x', 500)))
        {
            Assert.True(++sent < 1000, "nothing holds the sender up");
        }

        for (int i = 0; i < sent; i++)
        {
            Assert.Equal(500, (await pair.Server.ReceiveAsync().Soon()).Length);
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task Pings_of_the_keep_alive_are_sent_where_there_are_pings_only(WebSocketDialects dialect)
    {
        var time = new ManualTime();
        await using var pair = await Pair.OpenAsync(
            TransportKind.Memory,
            server: options => (options.Dialects, options.TimeProvider) = (dialect, time),
            client: options => (options.Dialect, options.KeepAliveInterval) = (dialect, Timeout.InfiniteTimeSpan));
        int pings = 0;
        pair.Client.ControlFrameReceived += (_, opcode, _) => pings += opcode == Opcode.Ping ? 1 : 0;
        time.Advance(TimeSpan.FromSeconds(25));
        await pair.Server.SendAsync("after");
        Assert.Equal("after", (await pair.Client.ReceiveAsync().Soon()).ToString());
        Assert.Equal(pair.Client.Traits.HasFlag(DialectTraits.Ping) ? 1 : 0, pings);
        if (pings == 0)
        {
            time.Advance(TimeSpan.FromMinutes(10)); // no ping is missed where there is none
            Assert.Equal(ConnectionState.Open, pair.Server.State);
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_server_that_stops_closes_in_order(WebSocketDialects dialect)
    {
        await using var pair = await OpenAsync(dialect, TransportKind.Epoll);
        await pair.Host.StopAsync(Timeout.InfiniteTimeSpan).Soon();
        var seen = await pair.Client.Closed.Soon();
        Assert.True(seen.IsClean);
        Assert.Equal(pair.Client.Traits.HasFlag(DialectTraits.CloseCodes) ? CloseCode.GoingAway : CloseCode.NoCode, seen.Code);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task Handlers_that_see_messages_in_place_see_those_of_every_dialect(WebSocketDialects dialect)
    {
        await using var server = new WebSocketServer(
            new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Dialects = dialect }, new Echo());
        await server.StartAsync();
        await using var client = await WebSocketClient.ConnectAsync((await server.Started)[0], new WebSocketClientOptions { Dialect = dialect });
        foreach (string text in (string[])["a", "", new('x', 300_000)])
        {
            var sending = client.SendAsync(text);
            Assert.Equal(text, (await client.ReceiveAsync().Soon()).ToString());
            await sending.Soon();
        }

        Assert.True((await client.CloseAsync().Soon()).IsClean);
    }

    private static Task<Pair> OpenAsync(WebSocketDialects dialect, TransportKind transport, Action<WebSocketOptions>? both = null) =>
        Pair.OpenAsync(
            transport,
            both,
            server =>
            {
                server.Dialects = dialect == WebSocketDialects.August2010
                    ? (WebSocketDialects.All & ~WebSocketDialects.Hixie76) | dialect
                    : WebSocketDialects.All;
                server.SubProtocols.Add("chat");
            },
            client =>
            {
                client.Dialect = dialect;
                client.SubProtocols.Add("chat");
            });

    private static async Task CheckEnds(WebSocketConnection closer, WebSocketConnection other, CloseResult closed)
    {
        Assert.True(closed.IsClean, closed.ToString());
        Assert.Equal(CloseInitiator.Local, closed.Initiator);
        Assert.Equal(CloseCode.Normal, closed.Code);
        var seen = await other.Closed.Soon();
        Assert.True(seen.IsClean, seen.ToString());
        Assert.Equal(CloseInitiator.Remote, seen.Initiator);
        Assert.Equal(closer.Traits.HasFlag(DialectTraits.CloseCodes) ? CloseCode.Normal : CloseCode.NoCode, seen.Code);
    }

    private sealed class Echo : WebSocketHandler
    {
        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type) =>
            connection.TrySend(payload, type);
    }
}
