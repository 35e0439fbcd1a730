namespace Sockeye.Tests.Connections;

/// <summary>The defaults that users rely on without knowing them.</summary>
public sealed class WebSocketOptionsTests
{
    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        foreach (WebSocketOptions options in new WebSocketOptions[] { new WebSocketServerOptions(), new WebSocketClientOptions() })
        {
            Assert.Equal(1_048_576, options.MaxMessageBytes);
            Assert.Equal(1_024, options.MaxFragments);
            Assert.Equal(long.MaxValue, options.MaxFrameBytes);
            Assert.Equal(TimeSpan.FromSeconds(20), options.KeepAliveInterval);
            Assert.Equal(TimeSpan.FromSeconds(20), options.KeepAliveTimeout);
            Assert.Equal(TimeSpan.FromSeconds(5), options.CloseTimeout);
            Assert.Equal(TimeSpan.FromSeconds(30), options.SendTimeout);
            Assert.Equal(1_048_576, options.SendBacklogBytes);
            Assert.Equal(SlowPeerPolicy.Wait, options.SlowPeer);
            Assert.Equal(65_536, options.ReadAheadBytes);
            Assert.Same(TimeProvider.System, options.TimeProvider);
            options.Validate();
        }

        var server = new WebSocketServerOptions();
        Assert.Equal(TimeSpan.FromSeconds(10), server.HandshakeTimeout);
        Assert.Equal(32_768, server.MaxRequestHeadBytes);
        Assert.Equal(128, server.MaxRequestHeaders);
        Assert.Equal(512, server.Backlog);
        Assert.Equal(65_536, server.MaxConnections);
        Assert.Null(server.MaxConnectionsPerAddress);
        Assert.False(server.DangerouslyAllowAnyOrigin);
        var client = new WebSocketClientOptions();
        Assert.Equal(TimeSpan.FromSeconds(10), client.ConnectTimeout);
        Assert.False(client.DangerouslyAcceptAnyCertificate);
    }

    public static TheoryData<string, Action<WebSocketServerOptions>> Senseless => new()
    {
        { "MaxMessageBytes", o => o.MaxMessageBytes = 0 },
        { "MaxMessageBytes", o => o.MaxMessageBytes = long.MaxValue },
        { "MaxFrameBytes", o => o.MaxFrameBytes = 0 },
        { "MaxFragments", o => o.MaxFragments = 0 },
        { "SendBacklogBytes", o => o.SendBacklogBytes = 0 },
        { "ReadAheadBytes", o => o.ReadAheadBytes = -1 },
        { "KeepAliveInterval", o => o.KeepAliveInterval = TimeSpan.Zero },
        { "KeepAliveTimeout", o => o.KeepAliveTimeout = TimeSpan.FromSeconds(-2) },
        { "CloseTimeout", o => o.CloseTimeout = Timeout.InfiniteTimeSpan },
        { "SendTimeout", o => o.SendTimeout = TimeSpan.Zero },
        { "KeepAliveInterval", o => o.KeepAliveInterval = TimeSpan.FromDays(60) },
        { "SendTimeout", o => o.SendTimeout = TimeSpan.MaxValue },
        { "HandshakeTimeout", o => o.HandshakeTimeout = TimeSpan.Zero },
        { "MaxRequestHeadBytes", o => o.MaxRequestHeadBytes = 70_000 },
        { "MaxRequestHeaders", o => o.MaxRequestHeaders = -1 },
        { "Backlog", o => o.Backlog = 0 },
        { "MaxConnections", o => o.MaxConnections = 0 },
        { "MaxConnectionsPerAddress", o => o.MaxConnectionsPerAddress = 0 },
        { "RequireSubProtocol", o => o.RequireSubProtocol = true },
        { "Paths", o => o.Paths.Add("chat") },
    };

    [Theory, MemberData(nameof(Senseless))]
    public void Senseless_settings_throw_at_once_and_name_themselves(string name, Action<WebSocketServerOptions> set)
    {
        var options = new WebSocketServerOptions();
        set(options);
        var error = Assert.ThrowsAny<ArgumentException>(() => new WebSocketServer(options));
        Assert.Equal(name, error.ParamName);
    }
}
