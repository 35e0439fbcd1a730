using System.Text;
using Sockeye.Tests.Connections;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Server;

/// <summary>A handler at work is no silence of the peer: nothing more is read before it returns.</summary>
[Collection(nameof(ChurnTests.Alone))] // it blocks a thread of the pool
public sealed class BusyHandlerTests
{
    [Fact]
    public async Task A_message_that_takes_long_ends_no_connection()
    {
        var time = new ManualTime();
        using var handler = new Handler();
        var options = new WebSocketServerOptions { TimeProvider = time, InactivityTimeout = TimeSpan.FromSeconds(30) };
        await using var server = new WebSocketServer(options, handler);
        using var peer = await RawPeer.OpenAsync(server);
        await peer.SendAsync(RawPeer.Frame(0x81, "1"u8));
        handler.Entered.Wait(Waits.Long);
        for (int i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
        }

        handler.Go.Set();
        await peer.SendAsync(RawPeer.Frame(0x81, "2"u8));
        var texts = new List<string>();
        while (texts.Count < 2)
        {
            var (first, payload) = await peer.ReadFrameAsync();
            if (first != 0x89) // a ping
            {
                texts.Add(Encoding.ASCII.GetString(payload));
            }
        }

        Assert.Equal(["1", "2"], texts);
    }

    private sealed class Handler : WebSocketHandler, IDisposable
    {
        public ManualResetEventSlim Entered { get; } = new();

        public ManualResetEventSlim Go { get; } = new();

        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
        {
            Entered.Set();
            Go.Wait(Waits.Long);
            connection.TrySend(payload, type);
        }

        public void Dispose()
        {
            Go.Set();
            Entered.Dispose();
            Go.Dispose();
        }
    }
}
