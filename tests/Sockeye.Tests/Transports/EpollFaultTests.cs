using System.Net.Sockets;
using Sockeye.Connections;
using Sockeye.Tests.Connections;
using Sockeye.Tests.Support;
using Sockeye.Transports.Epoll;

namespace Sockeye.Tests.Transports;

/// <summary>System calls that fail: what passes is survived without a trace, what does not ends its own connection and no other.</summary>
[Collection(nameof(ChurnTests.Alone))]
public sealed class EpollFaultTests : IDisposable
{
    private const int Reset = 104;
    private const int BrokenPipe = 32;

    public EpollFaultTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll is Linux's");

    public void Dispose() => Native.Fault = null;

    [Theory]
    [InlineData(Native.Again)]
    [InlineData(Native.Interrupted)]
    [InlineData(Native.NoBuffers)]
    [InlineData(Native.NoMemory)]
    [InlineData(0)]
    public async Task Passing_faults_lose_nothing(int error)
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Epoll);
        int calls = 0;
        var random = new Random(7);
        Native.Fault = (SystemCall call, int _, ref nint length) =>
        {
            if (error == 0)
            {
                // Short reads and writes: one byte, a few, many.
                length = call is SystemCall.Receive or SystemCall.Send ? Math.Min(length, 1 + (Interlocked.Increment(ref calls) % 7 * 1000)) : length;
                return 0;
            }

            Interlocked.Increment(ref calls);
            lock (random)
            {
                bool applies = call != SystemCall.Wait || error == Native.Interrupted;
                return applies && random.Next(3) != 0 ? error : 0;
            }
        };
        var echoing = EchoAsync(pair.Server);
        for (int i = 0; i < 60; i++)
        {
            byte[] message = new byte[i * i * 40];
            new Random(i).NextBytes(message);
            await pair.Client.SendAsync(message).AsTask().Soon();
            await pair.Client.SendAsync("between").AsTask().Soon();
            Assert.True((await pair.Client.ReceiveAsync().Soon()).Span.SequenceEqual(message));
            Assert.Equal("between", (await pair.Client.ReceiveAsync().Soon()).ToString());
        }

        Native.Fault = null;
        Assert.True(calls > 60, "faults were made");
        Assert.True((await pair.Client.CloseAsync().Soon()).IsClean);
        await echoing.Soon();
    }

    [Theory]
    [InlineData(SystemCall.Receive, Reset)]
    [InlineData(SystemCall.Send, Reset)]
    [InlineData(SystemCall.Send, BrokenPipe)]
    public async Task A_broken_link_ends_alone(object call, int error)
    {
        await Waits.Until(() => MessageBuffer.Outstanding == 0, "other tests' buffers are back");
        await using (var other = await Pair.OpenAsync(TransportKind.Epoll))
        {
            await BreakAsync((SystemCall)call, error);
            var alive = EchoAsync(other.Server);
            await other.Client.SendAsync("hello").AsTask().Soon();
            Assert.Equal("hello", (await other.Client.ReceiveAsync().Soon()).ToString());
            await other.Client.CloseAsync().Soon();
            await alive.Soon();
        }

        await Waits.Until(() => MessageBuffer.Outstanding == 0, "all buffers are back");
    }

    [Fact]
    public async Task A_paused_link_that_breaks_with_a_backlog_ends_too()
    {
        await using var pair = await Pair.OpenAsync(
            TransportKind.Epoll, both: options => (options.ReadAheadBytes, options.SendBacklogBytes) = (1, 64 << 20));
        await pair.Client.SendAsync(new byte[10]).AsTask().Soon();
        await pair.Client.SendAsync(new byte[10]).AsTask().Soon(); // nobody receives: the server pauses
        var never = pair.Server.SendAsync(new byte[32 << 20]).AsTask();
        pair.Client.Abort();
        Assert.Equal(CloseCode.Abnormal, (await pair.Server.Closed.Soon()).Code);
        await Assert.ThrowsAsync<WebSocketClosedException>(() => never.Soon());
    }

    [Theory]
    [InlineData(Native.TooManyFiles)]
    [InlineData(Native.TooManyFilesInSystem)]
    [InlineData(Native.NoBuffers)]
    public async Task Without_descriptors_accepting_pauses_says_so_and_goes_on(int error)
    {
        var log = new TestLog();
        int left = 3;
        Native.Fault = (SystemCall call, int _, ref nint _) =>
            call == SystemCall.Accept && Interlocked.Decrement(ref left) >= 0 ? error : 0;
        await using var server = await WebSocketServer.StartAsync(
            new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Transport = ServerTransport.Epoll, LoggerFactory = log },
            EchoAsync);
        await using var client = await WebSocketClient.ConnectAsync((await server.Started)[0]).Soon();
        await client.SendAsync("hello").AsTask().Soon();
        Assert.Equal("hello", (await client.ReceiveAsync().Soon()).ToString());
        Assert.True(left < 0);
        Assert.Equal(3, log.Lines.Count(line => line.Error is SocketException));
    }

    private static async Task BreakAsync(SystemCall call, int error)
    {
        await using var broken = await Pair.OpenAsync(TransportKind.Epoll, client: options => options.UseEventLoops = false);
        Native.Fault = (SystemCall made, int _, ref nint _) => made == call ? error : 0;
        var echoing = EchoAsync(broken.Server);
        await broken.Client.SendAsync("hello").AsTask().Soon();
        var end = await broken.Server.Closed.Soon();
        Assert.Equal(CloseCode.Abnormal, end.Code);
        Assert.Equal(error, ((SocketException)end.Error!).NativeErrorCode);
        Assert.True((await broken.Client.ReceiveAsync().Soon()).IsClose);
        await echoing.Soon();
        Native.Fault = null;
    }

    private static async Task EchoAsync(WebSocketConnection connection)
    {
        await foreach (var message in connection)
        {
            await connection.SendAsync(message);
        }
    }
}
