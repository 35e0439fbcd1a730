using Microsoft.Extensions.Logging.Abstractions;
using System.Net;
using System.Net.Sockets;
using Sockeye.Tests.Support;
using Sockeye.Transports;
using Sockeye.Transports.Epoll;

namespace Sockeye.Tests.Transports;

/// <summary>Links on one loop, without a connection above them.</summary>
public sealed class EpollLinkTests
{
    [Fact]
    public async Task A_receiver_that_throws_costs_its_link_and_not_the_loop()
    {
        using var group = new EpollGroup(1, HandlerDispatch.Automatic, NullLogger.Instance);
        var bad = new Receiver { Throws = true };
        var good = new Receiver();
        using var toBad = await ConnectAsync(group, bad);
        using var toGood = await ConnectAsync(group, good);
        await toBad.SendAsync(new byte[10]);
        Assert.IsType<InvalidOperationException>(await bad.Ended.Soon());
        Assert.Equal(0, await toBad.ReceiveAsync(new byte[1]).Soon()); // its end of the link is closed
        await toGood.SendAsync(new byte[10]);
        await Waits.Until(() => good.Received == 10, "the other link still reads");
    }

    [Fact]
    public async Task A_paused_link_reads_nothing_and_then_everything()
    {
        using var group = new EpollGroup(1, HandlerDispatch.Automatic, NullLogger.Instance);
        var receiver = new Receiver { PausesAfterEach = true };
        using var peer = await ConnectAsync(group, receiver);
        await peer.SendAsync(new byte[100]);
        await Waits.Until(() => receiver.Received == 100, "the first bytes arrive");
        await peer.SendAsync(new byte[100]);
        peer.Shutdown(SocketShutdown.Send);
        Assert.False(receiver.Ended.IsCompleted);
        Assert.Equal(100, receiver.Received);
        receiver.Link!.ResumeReading();
        await Waits.Until(() => receiver.Received == 200, "the rest arrives");
        receiver.Link.ResumeReading();
        Assert.Null(await receiver.Ended.Soon());
    }

    [Fact]
    public async Task A_link_has_one_holder()
    {
        using var group = new EpollGroup(1, HandlerDispatch.Automatic, NullLogger.Instance);
        var (held, other) = (new Receiver(), new Receiver());
        using var toHeld = await ConnectAsync(group, held);
        using var toOther = await ConnectAsync(group, other);
        var source = (IEpollSource)held.Link!;
        int first = source.Hold();
        source.Release(source.Hold()); // another worker was stuck in it meanwhile, writing
        await toHeld.SendAsync(new byte[10]);
        await toOther.SendAsync(new byte[10]);
        await Waits.Until(() => other.Received == 10, "the loop has looked");
        Assert.Equal(0, held.Received);
        source.Release(first);
        await Waits.Until(() => held.Received == 10, "it is read again");
    }

    [Fact]
    public async Task What_the_kernel_does_not_take_is_pulled_in_order()
    {
        using var group = new EpollGroup(1, HandlerDispatch.Automatic, NullLogger.Instance);
        var receiver = new Receiver();
        using var peer = await ConnectAsync(group, receiver);
        byte[] all = new byte[8 << 20];
        new Random(3).NextBytes(all);
        int taken = receiver.Link!.TryWrite(all.AsSpan(0, 1000), all.AsSpan(1000, 1 << 20));
        while (taken < all.Length)
        {
            int more = receiver.Link.TryWrite(all.AsSpan(taken, Math.Min(1 << 20, all.Length - taken)), default);
            if (more == 0)
            {
                break;
            }

            taken += more;
        }

        var backlog = new Rest(all.AsMemory(taken));
        receiver.Link.StartBacklog(backlog);
        byte[] got = new byte[all.Length];
        for (int at = 0; at < got.Length;)
        {
            at += await peer.ReceiveAsync(got.AsMemory(at)).Soon();
        }

        Assert.True(got.AsSpan().SequenceEqual(all));
        receiver.Link.Cut();
        await receiver.Ended.Soon();
        receiver.Link.Cut();
        Assert.Equal(0, receiver.Link.TryWrite(all, default));
        receiver.Link.StartBacklog(backlog);
        Assert.True(backlog.Failed);
    }

    [Fact]
    public async Task A_backlog_is_pulled_by_one_thread_though_the_loop_is_taken()
    {
        using var group = new EpollGroup(1, HandlerDispatch.Automatic, NullLogger.Instance);
        var receiver = new Receiver();
        using var peer = await ConnectAsync(group, receiver);
        var backlog = new Dawdler(() => group.Stuck > 0);
        receiver.Link!.StartBacklog(backlog);
        byte[] got = new byte[Dawdler.Total];
        for (int at = 0; at < got.Length;)
        {
            at += await peer.ReceiveAsync(got.AsMemory(at)).Soon();
        }

        Assert.Equal(Dawdler.Bytes, got);
        Assert.True(backlog.WasTaken);
        Assert.Equal(1, backlog.MostAtOnce);
    }

    [Fact]
    public async Task A_link_is_read_by_one_thread_though_the_loop_is_taken_after_a_turn()
    {
        using var group = new EpollGroup(1, HandlerDispatch.Automatic, NullLogger.Instance);
        var receiver = new SmallRoom(() => group.Stuck > 0);
        using var peer = await ConnectAsync(group, receiver, link => receiver.Link = link);
        await peer.SendAsync(new byte[1000]);
        await Waits.Until(() => receiver.Received == 1000, "all bytes arrive");
        Assert.True(receiver.WasTaken);
        Assert.Equal(1, receiver.MostAtOnce);
    }

    private static Task<Socket> ConnectAsync(EpollGroup group, Receiver receiver) => ConnectAsync(group, receiver, link => receiver.Link = link);

    private static async Task<Socket> ConnectAsync(EpollGroup group, IByteReceiver receiver, Action<Link> connected)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var accepted = new TaskCompletionSource();
        var address = listener.LocalEndPoint!;
        using var acceptor = new EpollAcceptor(
            group,
            listener,
            link =>
            {
                Assert.Equal(AddressFamily.InterNetwork, link.RemoteEndPoint!.AddressFamily);
                link.Receiver = receiver;
                connected(link);
                link.Start();
                accepted.SetResult();
            },
            accepted.SetException);
        acceptor.Start();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(address).Soon();
        await accepted.Task.Soon();
        return peer;
    }

    private sealed class Rest(ReadOnlyMemory<byte> bytes) : IBacklog
    {
        private ReadOnlyMemory<byte> _bytes = bytes;

        public bool Failed { get; private set; }

        public bool TryPeek(out ReadOnlyMemory<byte> next)
        {
            next = _bytes;
            return !_bytes.IsEmpty;
        }

        public void Advance(int count) => _bytes = _bytes[count..];

        public void Fail() => Failed = true;
    }

    /// <summary>Counts who is inside at once, and stays inside once until the loop is taken.</summary>
    private abstract class Gauge(Func<bool> isTaken)
    {
        private int _inside;
        private int _most;
        private int _calls;

        public bool WasTaken { get; private set; }

        public int MostAtOnce => Volatile.Read(ref _most);

        protected void Pass(int dawdleAt)
        {
            int now = Interlocked.Increment(ref _inside);
            _most = Math.Max(_most, now);
            if (Interlocked.Increment(ref _calls) == dawdleAt)
            {
                WasTaken = SpinWait.SpinUntil(isTaken, TimeSpan.FromSeconds(20));
                SpinWait.SpinUntil(() => Volatile.Read(ref _inside) > 1, TimeSpan.FromMilliseconds(50)); // whoever would come, comes
            }

            Interlocked.Decrement(ref _inside);
        }
    }

    private sealed class Dawdler(Func<bool> isTaken) : Gauge(isTaken), IBacklog
    {
        public const int Total = 100;

        private int _at;

        public static byte[] Bytes { get; } = [.. Enumerable.Range(0, Total).Select(i => (byte)i)];

        public bool TryPeek(out ReadOnlyMemory<byte> bytes)
        {
            Pass(dawdleAt: 3);
            bytes = Bytes.AsMemory(_at, Math.Min(10, Total - _at));
            return !bytes.IsEmpty;
        }

        public void Advance(int count) => _at += count;

        public void Fail()
        {
        }
    }

    /// <summary>Takes few bytes at a time, so that a turn has many reads, and ends each turn as application code would.</summary>
    private sealed class SmallRoom(Func<bool> isTaken) : Gauge(isTaken), IByteReceiver
    {
        private int _received;

        public Link? Link { get; set; }

        public int Received => Volatile.Read(ref _received);

        public Span<byte> ChooseRoom(Span<byte> buffer) => buffer[..10];

        public void OnBytes(Span<byte> bytes)
        {
            Pass(dawdleAt: 3);
            Interlocked.Add(ref _received, bytes.Length);
        }

        public void OnTurn() => Link!.EndTurn();

        public void OnEnded(Exception? error)
        {
        }
    }

    private sealed class Receiver : IByteReceiver
    {
        private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _received;

        public Link? Link { get; set; }

        public bool Throws { get; init; }

        public bool PausesAfterEach { get; init; }

        public int Received => Volatile.Read(ref _received);

        public Task<Exception?> Ended => _ended.Task;

        public void OnBytes(Span<byte> bytes)
        {
            if (Throws)
            {
                throw new InvalidOperationException("on purpose");
            }

            if (PausesAfterEach)
            {
                Link!.PauseReading();
            }

            Interlocked.Add(ref _received, bytes.Length);
        }

        public void OnEnded(Exception? error) => _ended.SetResult(error);
    }
}
