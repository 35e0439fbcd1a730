using System.Collections.Concurrent;
using Sockeye.Tests.Connections;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Server;

/// <summary>A handler is told of the beginning and of the end of a connection, in this order, whenever the link ends.</summary>
[Collection(nameof(ChurnTests.Alone))] // it blocks threads of the pool, which others wait for
public sealed class HandlerSinkTests
{
    private const int LoggedOpened = 7;
    private const int LoggedClosed = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_told_of_both_if_the_link_ends_while_the_connection_opens(bool beforeIt)
    {
        var (near, far) = MemoryLink.CreatePair();
        var log = new TestLog();
        var handler = new Handler
        {
            Opening = () =>
            {
                far.Cut();
                SpinWait.SpinUntil(() => log.Saw(LoggedClosed), Waits.Long);
            },
        };
        await using var host = new WebSocketServer(
            new WebSocketServerOptions { LoggerFactory = log, OnRequest = static _ => ValueTask.FromResult(OpeningDecision.Accepted) }, handler);
        if (beforeIt)
        {
            log.OnEvent = id =>
            {
                if (id == LoggedOpened)
                {
                    handler.Opening();
                }
            };
        }

        host.Attach(far);
        var opening = WebSocketClient.ConnectAsync(near, Pair.Url);
        await Waits.Until(() => handler.Calls.Count == 2 && host.ConnectionCount == 0, "both are told");
        Assert.Equal(["open", "close"], handler.Calls);
        await Task.WhenAny(opening).Soon(); // whether it saw the answer before the link was cut, or not
        if (opening.IsCompletedSuccessfully)
        {
            await (await opening).DisposeAsync();
        }
        else
        {
            Assert.NotNull(opening.Exception); // seen: other tests look for those that nobody saw
        }
    }

    private sealed class Handler : WebSocketHandler
    {
        public required Action Opening { get; init; }

        public ConcurrentQueue<string> Calls { get; } = new();

        public override void OnOpen(WebSocketConnection connection)
        {
            Opening();
            Calls.Enqueue("open");
        }

        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
        {
        }

        public override void OnClose(WebSocketConnection connection, CloseResult result) => Calls.Enqueue("close");
    }
}
