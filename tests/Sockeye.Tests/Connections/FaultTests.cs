using Sockeye.Connections;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;

namespace Sockeye.Tests.Connections;

/// <summary>Something goes wrong at the n-th read or write, for every n: nothing hangs, and no buffer is left behind.</summary>
[Collection(nameof(ChurnTests.Alone))]
public sealed class FaultTests
{
    /// <summary>What goes wrong.</summary>
    public enum Fault
    {
        /// <summary>The peer's bytes end.</summary>
        EndOfStream,

        /// <summary>The link breaks.</summary>
        Reset,

        /// <summary>From here on every read and write moves one byte.</summary>
        OneByte,

        /// <summary>The client's operation under way is cancelled.</summary>
        Cancel,

        /// <summary>The client is disposed in the middle of everything.</summary>
        Dispose,

        /// <summary>The client is aborted in the middle of everything.</summary>
        Abort,
    }

    public static TheoryData<Fault> Faults => [.. Enum.GetValues<Fault>()];

    [Theory, MemberData(nameof(Faults))]
    public async Task A_fault_at_any_read_or_write_ends_in_order(Fault fault)
    {
        await Waits.Until(() => MessageBuffer.Outstanding == 0, "other tests' buffers are back");

        // Even numbers are reads, odd ones writes: both must have run to the end without meeting the fault.
        int missed = 0;
        for (int n = 0; missed < 2; n++)
        {
            Assert.True(n < 500, "the exchange never runs without the fault");
            missed = await new Exchange(fault, n).RunAsync() ? 0 : missed + 1;
            await Waits.Until(() => MessageBuffer.Outstanding == 0, $"all buffers are back, n = {n}");
        }
    }

    /// <summary>One exchange with an echo server over a link that cuts the bytes, and one fault.</summary>
    private sealed class Exchange(Fault fault, int n) : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = new();
        private WebSocketConnection? _client;
        private bool _reached;
        private bool _over;

        public async Task<bool> RunAsync()
        {
            var (a, b) = MemoryLink.CreatePair(
                new MemoryLinkOptions
                {
                    OnRead = n % 2 == 0 ? count => At(count * 2) : null,
                    OnWrite = n % 2 == 1 ? count => At((count * 2) + 1) : null,
                    Cut = available => Math.Min(available, 700),
                },
                new MemoryLinkOptions { Cut = available => Math.Min(available, 900) });
            await using var host = new WebSocketServer(new WebSocketServerOptions(), EchoAsync);
            host.Attach(b);
            try
            {
                _client = await WebSocketClient.ConnectAsync(a, Pair.Url).Soon();
                await TalkAsync(_client);
                await _client.CloseAsync().Soon();
            }
            catch (Exception e) when (e is WebSocketClosedException or WebSocketHandshakeException)
            {
                Assert.NotEqual(Fault.OneByte, fault);
                Assert.NotEqual(Fault.Cancel, fault);
            }
            catch (InvalidOperationException) when (fault == Fault.Dispose)
            {
                // Disposing returns all memory, that of the message which is being looked at too.
            }

            if (_client is not null)
            {
                await _client.DisposeAsync().Soon();
            }

            await host.StopAsync().Soon();
            Assert.Equal(0, host.ConnectionCount + host.HandshakeCount);
            Dispose();
            return _reached;
        }

        public void Dispose()
        {
            lock (_cancellation)
            {
                _over = true;
                _cancellation.Dispose();
            }
        }

        private void CancelUnlessOver()
        {
            lock (_cancellation)
            {
                if (!_over)
                {
                    _cancellation.Cancel();
                }
            }
        }

        private static async Task EchoAsync(WebSocketConnection connection)
        {
            await foreach (var message in connection)
            {
                await connection.SendAsync(message);
            }
        }

        private async Task TalkAsync(WebSocketConnection client)
        {
            for (int i = 0; i < 5; i++)
            {
                string text = new((char)('a' + i), 300 * i);
                await RetryAsync(token => client.SendAsync(text, token).AsTask());
                await RetryAsync(token => client.PingAsync(default, token));
                var echo = default(WebSocketMessage);
                await RetryAsync(async token => echo = await client.ReceiveAsync(token));
                if (echo.IsClose)
                {
                    return;
                }

                Assert.Equal(text, echo.ToString());
            }
        }

        /// <summary>A cancelled operation is done again: the connection must be as usable as before.</summary>
        private async Task RetryAsync(Func<CancellationToken, Task> operation)
        {
            try
            {
                await operation(_cancellation.IsCancellationRequested ? default : _cancellation.Token).Soon();
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(Fault.Cancel, fault);
                await operation(default).Soon();
            }
        }

        private MemoryFault At(int count)
        {
            _reached |= count == n;
            if (fault == Fault.OneByte)
            {
                return count >= n ? MemoryFault.Short : MemoryFault.None;
            }

            if (count != n)
            {
                return MemoryFault.None;
            }

            switch (fault)
            {
                case Fault.EndOfStream:
                    return MemoryFault.EndOfStream;
                case Fault.Reset:
                    return MemoryFault.Reset;
                case Fault.Cancel:
                    ThreadPool.UnsafeQueueUserWorkItem(_ => CancelUnlessOver(), null);
                    return MemoryFault.None;
                case Fault.Dispose:
                    ThreadPool.UnsafeQueueUserWorkItem(_ => _client?.DisposeAsync(), null);
                    return MemoryFault.None;
                default:
                    ThreadPool.UnsafeQueueUserWorkItem(_ => _client?.Abort(), null);
                    return MemoryFault.None;
            }
        }
    }
}
