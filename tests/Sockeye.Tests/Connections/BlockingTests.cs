using System.Collections.Concurrent;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>Calls that wait where they are, from threads of their own and from event loops.</summary>
public sealed class BlockingTests
{
    public static TheoryData<TransportKind> Transports => Pair.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task Send_receive_and_close(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind);
        await Task.Run(() =>
        {
            pair.Client.Send("text");
            pair.Client.Send(new byte[] { 1, 2 });
            pair.Client.Send(new byte[300_000], timeout: Waits.Long);
            var text = pair.Server.Receive();
            var bytes = pair.Server.Receive();
            var large = pair.Server.Receive();
            pair.Server.Send(large);
            Assert.Equal((MessageType.Text, "text"), (text.Type, text.ToString())); // still alive after later receives
            Assert.Equal((MessageType.Binary, "0102"), (bytes.Type, Convert.ToHexString(bytes.Span)));
            Assert.Equal(300_000, pair.Client.Receive().Length);

            var ending = Task.Run(() => pair.Server.Receive());
            var end = pair.Client.Close((CloseCode)4000, "done");
            Assert.Equal(((CloseCode)4000, "done", true), (end.Code, end.Reason, end.IsClean));
            Assert.True(ending.Result.IsClose);
            Assert.True(pair.Server.Receive().IsClose);
            Assert.True(pair.Server.TryReceive(TimeSpan.Zero, out var news) && news.IsClose);
            Assert.Throws<WebSocketClosedException>(() => pair.Client.Send("too late"));
            Assert.Throws<WebSocketClosedException>(() => pair.Server.Send("too late"));
            Assert.Equal((CloseCode)4000, pair.Server.Close().Code);
        }, TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task Each_message_goes_to_one_of_the_threads_that_receive()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Epoll);
        var received = new ConcurrentBag<WebSocketMessage>();
        var receivers = Enumerable.Range(0, 4).Select(_ => OnThread(() =>
        {
            for (var message = pair.Server.Receive(); !message.IsClose; message = pair.Server.Receive())
            {
                received.Add(message);
            }
        })).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => OnThread(() =>
        {
            for (int i = 0; i < 250; i++)
            {
                pair.Client.Send($"{n} {i}");
            }
        }))).Soon();
        await Waits.Until(() => received.Count == 1000, "all are received");
        pair.Client.Close();
        await Task.WhenAll(receivers).Soon();
        Assert.Equal(1000, received.Select(message => message.ToString()).Distinct().Count());
    }

    [Fact]
    public async Task A_receive_with_a_time_limit_loses_nothing()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        Assert.False(pair.Server.TryReceive(TimeSpan.Zero, out _));
        Assert.False(pair.Server.TryReceive(TimeSpan.FromMilliseconds(1), out var nothing));
        Assert.Equal(default, nothing);
        pair.Client.Send("one");
        pair.Client.Send("two");
        Assert.True(pair.Server.TryReceive(Waits.Long, out var one));
        await Waits.Until(() => pair.Server.IsMessageBuffered, "the second is there");
        Assert.True(pair.Server.TryReceive(TimeSpan.Zero, out var two));
        Assert.Equal(("one", "two"), (one.ToString(), two.ToString()));

        using var inside = new ManualResetEventSlim();
        var other = Task.Run(() =>
        {
            inside.Set();
            return pair.Server.Receive();
        });
        inside.Wait(TestContext.Current.CancellationToken);
        Assert.False(pair.Server.TryReceive(TimeSpan.Zero, out _)); // whether the other has its turn by now or not
        pair.Client.Send("three");
        Assert.Equal("three", (await other.Soon()).ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Server.TryReceive(TimeSpan.FromSeconds(-5), out _));
    }

    [Fact]
    public async Task A_send_with_a_time_limit_is_withdrawn()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, both: o => (o.SendBacklogBytes, o.ReadAheadBytes) = (10_000, 0));
        int sent = 0;
        Assert.Throws<TimeoutException>(() =>
        {
            for (; sent < 1000; sent++)
            {
                pair.Client.Send(new byte[5_000], timeout: TimeSpan.FromMilliseconds(20));
            }
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Client.Send("x", TimeSpan.Zero));
        for (int i = 0; i < sent; i++)
        {
            Assert.Equal(5_000, pair.Server.Receive().Length);
        }

        pair.Client.Send("after it", Waits.Long);
        Assert.Equal("after it", pair.Server.Receive().ToString());
    }

    [Fact]
    public async Task A_close_with_a_time_limit_cuts_the_link()
    {
        await using var server = new WebSocketServer(new WebSocketServerOptions { CloseTimeout = TimeSpan.FromDays(1) });
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        var opening = RawPeer.OpenAsync(server);
        await requests.MoveNextAsync().Soon();
        var connection = await requests.Current.AcceptAsync();
        using var peer = await opening;
        var end = await Task.Run(() => connection.Close(CloseCode.Normal, "bye", TimeSpan.FromMilliseconds(20))).Soon();
        Assert.Equal((CloseCode.Abnormal, false), (end.Code, end.IsClean));
    }

    [Fact]
    public async Task It_can_be_asked_what_a_receive_would_find()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Sockets);
        Assert.Equal((false, false, true), Look(pair.Server));
        await using (var writer = pair.Client.StartMessage(MessageType.Text))
        {
            await writer.WriteAsync("begun "u8.ToArray()).Soon();
            await Waits.Until(() => pair.Server.IsDataPending, "the beginning is there");
            Assert.Equal((false, true, true), Look(pair.Server));
            await writer.CompleteAsync("and done"u8.ToArray()).Soon();
        }

        await Waits.Until(() => pair.Server.IsMessageBuffered, "the message is there");
        Assert.Equal((true, true, false), Look(pair.Server));
        Assert.Equal("begun and done", pair.Server.Receive().ToString());
        Assert.Equal((false, false, true), Look(pair.Server));
        await pair.Client.CloseAsync().Soon();
        await pair.Server.Closed.Soon();
        Assert.Equal((false, false, false), Look(pair.Server));
    }

    [Theory]
    [InlineData(HandlerDispatch.Automatic)]
    [InlineData(HandlerDispatch.Inline)]
    [InlineData(HandlerDispatch.ThreadPool)]
    public async Task A_handler_that_blocks_on_its_event_loop_goes_on_and_holds_up_nobody(HandlerDispatch dispatch)
    {
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Loops = 1, Dispatch = dispatch };
        await using var server = await WebSocketServer.StartAsync(options, connection =>
        {
            for (var message = connection.Receive(); !message.IsClose; message = connection.Receive())
            {
                connection.Send(message);
            }

            return Task.CompletedTask;
        });
        var clients = new List<WebSocketConnection>();
        for (int i = 0; i < 8; i++)
        {
            clients.Add(await WebSocketClient.ConnectAsync((await server.Started)[0]));
        }

        for (int i = 0; i < 20; i++)
        {
            foreach (var client in clients)
            {
                await client.SendAsync($"{i}").Soon();
                Assert.Equal($"{i}", (await client.ReceiveAsync().Soon()).ToString());
            }
        }

        foreach (var client in clients)
        {
            Assert.True((await client.CloseAsync().Soon()).IsClean);
            await client.DisposeAsync();
        }

        await Waits.Until(() => server.ConnectionCount == 0 && server.StuckThreads == 0, "all leave");
    }

    [Fact]
    public async Task In_OnMessage_a_send_waits_for_a_slow_peer_and_there_is_nothing_to_receive()
    {
        var handler = new Flooding();
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Loops = 1 };
        await using var server = new WebSocketServer(options, handler);
        await server.StartAsync();
        await using var slow = await WebSocketClient.ConnectAsync((await server.Started)[0], new WebSocketClientOptions { MaxMessageBytes = 1 << 24, ReadAheadBytes = 0 });
        await using var other = await WebSocketClient.ConnectAsync((await server.Started)[0]);
        await slow.SendAsync("flood").Soon();
        await Waits.Until(() => handler.Sending, "it sends");
        for (int i = 0; i < 20; i++)
        {
            await other.SendAsync("echo").Soon();
            Assert.Equal("echo", (await other.ReceiveAsync().Soon()).ToString());
        }

        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(1 << 23, (await slow.ReceiveAsync().Soon()).Length);
        }

        await Waits.Until(() => handler.Thrown is not null, "it goes on");
        Assert.IsType<InvalidOperationException>(handler.Thrown);
    }

    [Fact]
    public async Task A_client_that_goes_on_on_an_event_loop_may_block_there()
    {
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", WebSocketHandlers.Replying(message => message));
        await using var client = await WebSocketClient.ConnectAsync((await server.Started)[0]);
        await BlockAsync(client).Soon();
    }

    private static async Task BlockAsync(WebSocketConnection client)
    {
        client.Send("first");
        var message = await client.ReceiveAsync().ConfigureAwait(false);
        Assert.Equal("first", message.ToString());
        client.Send("second"); // here a loop's thread runs, where there are loops
        Assert.Equal("second", client.Receive().ToString());
        Assert.True(client.Close().IsClean);
    }

    private static Task OnThread(Action work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static (bool, bool, bool) Look(WebSocketConnection connection) =>
        (connection.IsMessageBuffered, connection.IsDataPending, connection.ReceiveWouldWait);

    private sealed class Flooding : WebSocketHandler
    {
        private bool _sending;
        private Exception? _thrown;

        public bool Sending => Volatile.Read(ref _sending);

        public Exception? Thrown => Volatile.Read(ref _thrown);

        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
        {
            if (!payload.SequenceEqual("flood"u8))
            {
                connection.TrySend(payload, type);
                return;
            }

            byte[] large = new byte[1 << 23];
            Volatile.Write(ref _sending, true);
            for (int i = 0; i < 4; i++)
            {
                connection.Send(large);
            }

            try
            {
                connection.Receive();
            }
            catch (InvalidOperationException e)
            {
                Volatile.Write(ref _thrown, e);
            }
        }
    }
}
