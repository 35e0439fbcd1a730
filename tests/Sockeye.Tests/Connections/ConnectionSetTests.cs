using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

public sealed class ConnectionSetTests
{
    public static TheoryData<TransportKind> Transports => Pair.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task Everybody_but_one_gets_a_broadcast(TransportKind kind)
    {
        await using var a = await Pair.OpenAsync(kind);
        await using var b = await Pair.OpenAsync(kind);
        var set = new ConnectionSet();
        Assert.True(set.Add(a.Server));
        Assert.True(set.Add(b.Server));
        Assert.False(set.Add(b.Server));
        Assert.Equal(2, set.Count);
        Assert.True(set.Contains(a.Server));
        Assert.Equal([a.Server, b.Server], set);

        Assert.Equal(2, set.Broadcast("text"));
        Assert.Equal(2, set.Broadcast([1, 2, 3], MessageType.Binary));
        Assert.Equal(1, set.Broadcast(new PreparedMessage("for b"), except: a.Server));
        Assert.Equal(2, set.Broadcast("last"));
        Assert.Equal("text", (await a.Client.ReceiveAsync().Soon()).ToString());
        Assert.Equal([1, 2, 3], (await a.Client.ReceiveAsync().Soon()).ToArray());
        Assert.Equal("last", (await a.Client.ReceiveAsync().Soon()).ToString());
        Assert.Equal("text", (await b.Client.ReceiveAsync().Soon()).ToString());
        Assert.Equal([1, 2, 3], (await b.Client.ReceiveAsync().Soon()).ToArray());
        Assert.Equal("for b", (await b.Client.ReceiveAsync().Soon()).ToString());
        Assert.Equal("last", (await b.Client.ReceiveAsync().Soon()).ToString());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_connection_leaves_when_it_ends_and_does_not_come_back(TransportKind kind)
    {
        await using var a = await Pair.OpenAsync(kind);
        await using var b = await Pair.OpenAsync(kind);
        var sets = new[] { new ConnectionSet(), new ConnectionSet() };
        foreach (var set in sets)
        {
            set.Add(a.Server);
            set.Add(b.Server);
        }

        await a.Client.CloseAsync().Soon();
        await a.Server.Closed.Soon();
        b.Client.Abort();
        await b.Server.Closed.Soon();
        foreach (var set in sets)
        {
            Assert.Empty(set); // by the time that the end is known
            Assert.False(set.Add(a.Server));
            Assert.Empty(set);
            Assert.Equal(0, set.Broadcast("nobody"));
        }
    }

    [Fact]
    public async Task A_removed_connection_stays_open_and_can_come_back()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory);
        var set = new ConnectionSet();
        var other = new ConnectionSet();
        other.Add(pair.Server);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(set.Add(pair.Server));
            Assert.Equal(1, set.Broadcast($"{i}"));
            Assert.True(set.Remove(pair.Server));
            Assert.False(set.Remove(pair.Server));
            Assert.False(set.Contains(pair.Server));
            Assert.Equal(0, set.Broadcast("nobody"));
            Assert.Equal($"{i}", (await pair.Client.ReceiveAsync().Soon()).ToString());
        }

        set.Add(pair.Server);
        await pair.Server.CloseAsync().Soon();
        Assert.Equal((0, 0), (set.Count, other.Count));
    }

    [Theory]
    [InlineData(SlowPeerPolicy.Wait)]
    [InlineData(SlowPeerPolicy.DropNewest)]
    [InlineData(SlowPeerPolicy.Close)]
    public async Task A_slow_member_holds_nobody_up(SlowPeerPolicy policy)
    {
        await using var slow = await Pair.OpenAsync(
            TransportKind.Memory, server: o => (o.SlowPeer, o.SendBacklogBytes, o.CloseTimeout) = (policy, 100_000, TimeSpan.FromMilliseconds(100)), client: o => o.ReadAheadBytes = 0);
        await using var quick = await Pair.OpenAsync(TransportKind.Memory);
        var set = new ConnectionSet();
        set.Add(slow.Server);
        set.Add(quick.Server);
        byte[] payload = new byte[10_000];
        int least = 2;
        for (int i = 0; i < 100; i++)
        {
            least = Math.Min(least, set.Broadcast(payload, MessageType.Binary));
            Assert.Equal(payload.Length, (await quick.Client.ReceiveAsync().Soon()).Length);
        }

        Assert.Equal(1, least);
        Assert.Equal(policy == SlowPeerPolicy.DropNewest, slow.Server.DroppedMessages > 0 && slow.Server.State == ConnectionState.Open);
        if (policy == SlowPeerPolicy.Close)
        {
            Assert.NotEqual(ConnectionState.Open, slow.Server.State);
            await slow.Server.Closed.Soon();
            Assert.Equal([quick.Server], set);
        }
    }

    [Fact]
    public async Task A_dialect_without_binary_messages_gets_none_and_spoils_nothing()
    {
        await using var old = await Pair.OpenAsync(
            TransportKind.Memory, server: o => o.Dialects = WebSocketDialects.All, client: o => o.Dialect = WebSocketDialects.Hixie76);
        await using var modern = await Pair.OpenAsync(TransportKind.Memory);
        var set = new ConnectionSet();
        set.Add(old.Server);
        set.Add(modern.Server);
        Assert.Equal(1, set.Broadcast([1], MessageType.Binary));
        Assert.Equal(2, set.Broadcast("text"));
        Assert.Equal("text", (await old.Client.ReceiveAsync().Soon()).ToString());
    }

    [Fact]
    public async Task Threads_come_and_go_while_others_broadcast()
    {
        var pairs = new List<Pair>();
        for (int i = 0; i < 8; i++)
        {
            pairs.Add(await Pair.OpenAsync(TransportKind.Memory, both: o => o.SlowPeer = SlowPeerPolicy.DropNewest));
        }

        var set = new ConnectionSet();
        await Task.WhenAll(pairs.Select((pair, n) => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                Assert.True(set.Add(pair.Server));
                Assert.InRange(set.Broadcast("x"), 1, pairs.Count);
                Assert.True(set.Remove(pair.Server));
            }

            Assert.True(set.Add(pair.Server));
            if (n % 2 == 0)
            {
                pair.Server.Abort();
                await pair.Server.Closed.Soon();
            }
        }))).Soon();
        Assert.Equal(4, set.Count);
        foreach (var pair in pairs)
        {
            await pair.DisposeAsync();
        }

        Assert.Empty(set);
    }

    [Fact]
    public void A_broadcast_to_nobody_costs_nothing_but_its_message()
    {
        var set = new ConnectionSet();
        var message = new PreparedMessage("x");
        Assert.Equal(0, Allocations.Least(() => set.Broadcast(message)));
    }
}
