using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>How long a connection may be silent, and how long it may last.</summary>
public sealed class TimeLimitsTests
{
    [Fact]
    public async Task A_silent_peer_is_given_up_also_without_pings()
    {
        var time = new ManualTime();
        await using var pair = await OpenAsync(time, o => o.InactivityTimeout = TimeSpan.FromSeconds(60));
        time.Advance(TimeSpan.FromSeconds(50));
        await pair.Client.SendAsync("alive").Soon();
        Assert.Equal("alive", (await pair.Server.ReceiveAsync().Soon()).ToString());
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(ConnectionState.Open, pair.Server.State);
        time.Advance(TimeSpan.FromSeconds(16)); // 60, and up to a quarter more
        var end = await pair.Server.Closed.Soon();
        Assert.Equal((CloseCode.Abnormal, false), (end.Code, end.IsClean));
        Assert.Contains("nothing arrived for 60 s", end.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_we_do_not_read_ourselves_is_no_silence()
    {
        var time = new ManualTime();
        await using var pair = await OpenAsync(time, o => (o.InactivityTimeout, o.ReadAheadBytes) = (TimeSpan.FromSeconds(60), 0));
        await pair.Client.SendAsync("one").Soon();
        await Waits.Until(() => pair.Server.Core.Lags, "reading pauses");
        time.Advance(TimeSpan.FromSeconds(600));
        Assert.Equal(ConnectionState.Open, pair.Server.State);
        Assert.Equal("one", (await pair.Server.ReceiveAsync().Soon()).ToString());
    }

    [Fact]
    public async Task A_connection_is_closed_when_it_has_lasted_as_long_as_it_may()
    {
        var time = new ManualTime();
        await using var pair = await OpenAsync(time, o => o.MaxLifetime = TimeSpan.FromHours(1));
        for (int i = 0; i < 59; i++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await pair.Client.SendAsync("busy").Soon();
            Assert.False((await pair.Server.ReceiveAsync().Soon()).IsClose);
        }

        Assert.Equal(ConnectionState.Open, pair.Server.State);
        time.Advance(TimeSpan.FromMinutes(1));
        var end = await pair.Client.Closed.Soon();
        Assert.Equal((CloseCode.GoingAway, CloseInitiator.Remote, true), (end.Code, end.Initiator, end.IsClean));
    }

    [Fact]
    public async Task Without_limits_there_are_none()
    {
        var time = new ManualTime();
        await using var pair = await OpenAsync(time, _ => { });
        time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(ConnectionState.Open, pair.Server.State);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketServer(new WebSocketServerOptions { MaxLifetime = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketServer(new WebSocketServerOptions { InactivityTimeout = TimeSpan.Zero }));
    }

    private static Task<Pair> OpenAsync(ManualTime time, Action<WebSocketServerOptions> configure) => Pair.OpenAsync(
        TransportKind.Memory,
        both: o => (o.TimeProvider, o.KeepAliveInterval) = (time, Timeout.InfiniteTimeSpan),
        server: configure);
}
