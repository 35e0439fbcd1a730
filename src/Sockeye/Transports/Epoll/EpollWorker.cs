using System.Diagnostics;

namespace Sockeye.Transports.Epoll;

/// <summary>
/// A thread that serves a loop, with buffers of its own. While it is inside a source's call its stamp is odd; the supervisor takes
/// the loop from a worker whose stamp stands still by changing that stamp, which the worker finds when the call returns.
/// What is per loop (the descriptors, who is where) lives in <see cref="EpollLoop"/>, so that another worker can go on at once.
/// </summary>
#pragma warning disable CA1001 // a semaphore or an event without a handle has nothing to dispose of
internal sealed class EpollWorker
#pragma warning restore CA1001
{
    private const int BufferBytes = 256 * 1024;
    private const int EventsPerTurn = 256;
    private const long Lost = -1;

    // What a system call and a thousand bytes may take to be moved into and out of the kernel: that is not the handler's doing.
    private static readonly long s_callTime = Stopwatch.Frequency / 100_000;
    private static readonly long s_bytesTime = Stopwatch.Frequency / 500_000;

    // A call that takes so long is felt by everybody else on the loop.
    private static readonly long s_slowCall = Stopwatch.Frequency / 1000;

    private static readonly long s_mostOwnTime = Stopwatch.Frequency / 10;

    [ThreadStatic]
    private static EpollWorker? t_current;

    private readonly EpollGroup _group;
    private readonly ManualResetEventSlim _settled = new();
    private readonly SemaphoreSlim _start = new(0);
    private EpollLoop? _loop;
    private IEpollSource? _source;
    private IEpollSource? _called;
    private Cork? _cork;
    private long _stamp;
    private long _clock;
    private long _movingTime;
    private long _movingTimeBefore;
    private long _ownStart;
    private long _ownTime;
    private long _untoldTime;
    private int _hold;

    public EpollWorker(EpollGroup group, string name)
    {
        _group = group;
        Memory = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
        Events = new EpollEvents(EventsPerTurn);
        new Thread(Run) { Name = name, IsBackground = true }.UnsafeStart();
    }

    /// <summary>The worker that the calling thread is, if it is one.</summary>
    public static EpollWorker? Current => t_current;

    /// <summary>What descriptors are read into.</summary>
    public byte[] Memory { get; }

    public EpollEvents Events { get; }

    /// <summary>The kernel's number of its thread; 0 before that runs, or where it is not to be known.</summary>
    public int ThreadId { get; private set; }

    /// <summary>The loop it serves, or served last.</summary>
    public EpollLoop? Loop => Volatile.Read(ref _loop);

    /// <summary>Whether the loop goes on without this worker.</summary>
    public bool HasLostLoop => Volatile.Read(ref _stamp) == Lost;

    /// <summary>Whether the source that is called may go on with what is its own: its turn is not ended, and the loop not lost.</summary>
    public bool IsInTurn => _source is not null && !HasLostLoop;

    /// <summary>Odd inside a call; another number for each call and each of its parts.</summary>
    public long Stamp => Volatile.Read(ref _stamp);

    /// <summary>Gives it a loop to serve; null ends its thread.</summary>
    public void Start(EpollLoop? loop)
    {
        (_stamp, _movingTime, _ownTime, _untoldTime) = (0, 0, 0, 0);
        _settled.Reset();
        Volatile.Write(ref _loop, loop);
        _start.Release();
    }

    /// <summary>The first call after a wait begins now.</summary>
    public void StartClock() => _clock = Stopwatch.GetTimestamp();

    /// <summary>So many bytes were read or written on this worker's thread.</summary>
    public void Moved(int bytes) => _movingTime += s_callTime + (bytes * s_bytesTime / 1000);

    /// <summary>Calls a source. A loop is everybody's: what a source throws costs that source and no other.</summary>
    /// <returns>Whether the loop is still this worker's.</returns>
    public bool Call(IEpollSource source, uint ready)
    {
        _source = _called = source;
        bool suspect = source.WasSlow;
        var before = suspect ? ThreadUsage.OfCaller(ThreadId) : default;
        _cork!.PutIn(); // it may have been taken out of an earlier call; of this one it can be from here on
        Volatile.Write(ref _stamp, _stamp + 1);
        _group.Notice();
        try
        {
            if (ready == 0)
            {
                source.OnPosted();
            }
            else
            {
                source.OnReady(ready, this);
            }
        }
        catch (Exception e)
        {
            Fail(source, e);
        }

        if (!Advance(1))
        {
            _settled.Wait();
            source.Release(_hold);
            _group.Returned(this);
            return false;
        }

        long now = Stopwatch.GetTimestamp();
        source.OnTurn(now - _clock - _movingTime >= s_slowCall && !(suspect && WasKeptWaiting(before)));
        (_clock, _movingTime, _ownTime, _untoldTime) = (now, 0, 0, 0);
        return true;
    }

    /// <summary>
    /// Whether the time since then was somebody else's: the thread neither worked so long nor waited for anything, so the processor was
    /// taken from it. On a crowded machine that happens to any handler.
    /// </summary>
    private bool WasKeptWaiting(ThreadUsage before)
    {
        var now = ThreadUsage.OfCaller(ThreadId);
        return now.Waits == before.Waits && now.ProcessorTime - before.ProcessorTime - _movingTime < s_slowCall;
    }

    /// <summary>
    /// The current source's part of the call is over, and what follows is only the application's code: if that does not return, the
    /// source is not held, and another worker may call it.
    /// </summary>
    public void EndTurn()
    {
        if (_source is { } source)
        {
            _source = null;
            if (!Advance(2)) // still inside
            {
                _settled.Wait(); // the loop was taken within the source's own part: it was held for that, and is not any more
                source.Release(_hold);
            }
        }
    }

    /// <summary>Takes the loop away, if the stamp is still the one that was seen. For the supervisor.</summary>
    public bool TryTake(long seen, out IEpollSource? held)
    {
        held = Volatile.Read(ref _source);
        return Interlocked.CompareExchange(ref _stamp, Lost, seen) == seen;
    }

    /// <summary>Whose handler it is stuck in. After taking.</summary>
    public string CalledName => Volatile.Read(ref _called)?.Name ?? "a connection";

    /// <summary>What the call has sent so far leaves, though the loop stays with this worker.</summary>
    public void LetGo() => _cork?.TakeOut();

    /// <summary>After taking: nobody calls the source any more, and what the stuck call has sent so far leaves.</summary>
    public void Settle(IEpollSource? held)
    {
        _hold = held?.Hold() ?? 0;
        _cork?.TakeOut();
        _settled.Set();
    }

    /// <summary>
    /// The library's own work for many connections, a broadcast, begins, or has come so far. Its time is not the handler's; what it moves
    /// is part of that time. The call counts as alive meanwhile, but not without end: a handler that broadcasts for ever is as stuck as any.
    /// </summary>
    private void OwnWork(bool begins)
    {
        long now = Stopwatch.GetTimestamp();
        if (!begins)
        {
            long spent = now - _ownStart;
            _movingTime = _movingTimeBefore + spent;
            _ownTime += spent;
            _untoldTime += spent;
            if (_untoldTime >= s_slowCall && _ownTime < s_mostOwnTime)
            {
                _untoldTime = 0;
                Advance(2);
            }
        }

        (_ownStart, _movingTimeBefore) = (now, _movingTime);
    }

    private static void Fail(IEpollSource source, Exception error)
    {
        try
        {
            source.OnFailed(error);
        }
        catch (Exception)
        {
            // It could not even be told that it failed.
        }
    }

    private bool Advance(int by)
    {
        long inside = _stamp;
        return inside != Lost && Interlocked.CompareExchange(ref _stamp, inside + by, inside) == inside;
    }

    private void Run()
    {
        t_current = this;
        ThreadId = ThreadUsage.NumberOfCaller();
        _cork = Cork.Mine;
        _cork.IsWatched = true;
        _cork.OwnWork = OwnWork;
        _cork.Released = () => Advance(2); // a long burst that leaves is no call that stands still
        while (true)
        {
            _start.Wait();
            if (_loop is not { } loop || !loop.Serve(this) || !_group.Park(this))
            {
                return;
            }
        }
    }
}
