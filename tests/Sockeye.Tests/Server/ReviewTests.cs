using System.Text;
using Microsoft.Extensions.Logging;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Server;

/// <summary>What comes between: a link that ends, a server that stops, a hook that blocks, each at the worst moment.</summary>
public sealed class ReviewTests
{
    [Fact]
    public async Task A_link_that_ends_while_its_connection_opens_ends_the_connection()
    {
        var (near, far) = MemoryLink.CreatePair();
        var log = new HookedLog();
        await using var host = new WebSocketServer(new WebSocketServerOptions { LoggerFactory = log });
        log.OnEvent = id =>
        {
            if (id == HookedLog.Opened)
            {
                far.Cut();
                SpinWait.SpinUntil(() => host.HandshakeCount == 0 || log.Saw(HookedLog.Closed), Waits.Long);
            }
        };
        host.Attach(far);
        var opening = WebSocketClient.ConnectAsync(near, Pair.Url);
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        await requests.MoveNextAsync().Soon();
        var server = await requests.Current.AcceptAsync();
        Assert.Equal(CloseCode.Abnormal, (await server.Closed.Soon()).Code);
        Assert.True((await server.ReceiveAsync().Soon()).IsClose);
        await Waits.Until(() => host.ConnectionCount == 0, "the connection leaves");
        await Assert.ThrowsAnyAsync<Exception>(() => opening.Soon());
        await host.StopAsync(Timeout.InfiniteTimeSpan).Soon(); // no place was lost
    }

    private static Task<WebSocketConnection> OpenAsync(WebSocketServer host)
    {
        var (near, far) = MemoryLink.CreatePair();
        host.Attach(far);
        return WebSocketClient.ConnectAsync(near, Pair.Url);
    }

    private sealed class HookedLog : ILoggerFactory, ILogger
    {
        public const int Opened = 7;
        public const int Closed = 8;

        private readonly System.Collections.Concurrent.ConcurrentQueue<int> _seen = new();

        public Action<int>? OnEvent { get; set; }

        public bool Saw(int id) => _seen.Contains(id);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _seen.Enqueue(eventId.Id);
            OnEvent?.Invoke(eventId.Id);
        }
    }
}
