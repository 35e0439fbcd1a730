using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>Control frames received like messages, where they are asked for.</summary>
public sealed class ControlFrameMessagesTests
{
    public static TheoryData<TransportKind> Transports => Pair.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task They_come_in_order_and_are_answered_all_the_same(TransportKind kind)
    {
        await using var pair = await Pair.OpenAsync(kind, server: o => o.ReceiveControlFrames = true);
        await pair.Client.SendAsync("before").Soon();
        var ping = pair.Client.PingAsync(new byte[] { 1, 2 });
        Assert.Equal("Text before", await NextAsync(pair.Server));
        Assert.Equal("Ping \u0001\u0002", await NextAsync(pair.Server));
        await ping.Soon();
        await pair.Client.PongAsync(new byte[] { 3 }).Soon();
        Assert.Equal("Pong \u0003", await NextAsync(pair.Server));

        var closing = pair.Client.CloseAsync((CloseCode)4001, "bye");
        var close = await pair.Server.ReceiveAsync().Soon();
        Assert.True(close.IsClose);
        Assert.Equal(((CloseCode)4001, "bye"), ClosePayload.Read(close.Span));
        Assert.True((await closing.Soon()).IsClean);
        var after = await pair.Server.ReceiveAsync().Soon();
        Assert.Equal((true, 0), (after.IsClose, after.Length));
    }

    [Fact]
    public async Task One_within_a_fragmented_message_does_not_get_into_it()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, server: o => o.ReceiveControlFrames = true);
        await using var writer = pair.Client.StartMessage(MessageType.Text);
        await writer.WriteAsync("Hel"u8.ToArray()).Soon();
        var ping = pair.Client.PingAsync("p"u8.ToArray());
        Assert.Equal("Ping p", await NextAsync(pair.Server));
        await ping.Soon();
        await writer.CompleteAsync("lo"u8.ToArray()).Soon();
        Assert.Equal("Text Hello", await NextAsync(pair.Server));
    }

    [Fact]
    public async Task Nobody_sees_them_who_did_not_ask()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Memory, client: o => o.ReceiveControlFrames = true);
        await pair.Client.PingAsync().Soon();
        await pair.Client.SendAsync("text").Soon();
        Assert.Equal("Text text", await NextAsync(pair.Server));
        var pong = await pair.Client.ReceiveAsync().Soon();
        Assert.Equal(MessageType.Pong, pong.Type);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = pair.Client.SendAsync(pong); });
    }

    [Fact]
    public async Task Pings_that_nobody_receives_do_not_fill_the_memory()
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Sockets, server: o => (o.ReceiveControlFrames, o.ReadAheadBytes) = (true, 4096));
        for (int i = 0; i < 1000; i++)
        {
            await pair.Client.PongAsync().Soon();
        }

        await Waits.Until(() => pair.Server.Core.Inbox.IsPaused, "reading pauses");
        Assert.InRange(pair.Server.Core.Inbox.ReadyCount, 1, (4096 / 256) + 1);
    }

    private static async Task<string> NextAsync(WebSocketConnection connection)
    {
        var message = await connection.ReceiveAsync().Soon();
        return $"{message.Type} {message}";
    }
}
