using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>
/// One set of descriptors, served by one worker at a time. An event names its source by a slot and a generation: an event that was fetched
/// for a source that has left meanwhile finds another generation and is dropped. Level-triggered: what a worker fetched and did not come to,
/// because it lost the loop, is reported to the next one again.
/// </summary>
internal sealed unsafe class EpollLoop
{
    private const ulong WakeUpData = ulong.MaxValue;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly Lock _slotsLock = new();
    private readonly ConcurrentQueue<IEpollSource> _posted = new();
    private readonly Stack<int> _free = new();
    private (IEpollSource? Source, uint Generation)[] _slots = new (IEpollSource?, uint)[64];
    private int _used;
    private int _awake;
    private int _sources;
    private EpollGroup _group = null!;
    private EpollWorker _worker = null!;
    private bool _ending, _closed;

    public EpollLoop(string name)
    {
        Name = name;
        _epoll = Check(Native.CreateEpoll());
        byte* what = stackalloc byte[16];
        EpollEvents.Write(what, Native.In, WakeUpData);
        _wakeUp = -1;
        try
        {
            _wakeUp = Check(Native.CreateWakeUp());
            Check(Native.Control(_epoll, Native.Add, _wakeUp, what));
        }
        catch (IOException)
        {
            Abandon();
            throw;
        }
    }

    public string Name { get; }

    /// <summary>Who serves it now.</summary>
    public EpollWorker Worker => Volatile.Read(ref _worker);

    /// <summary>Whether it serves nobody any more.</summary>
    public bool HasEnded => Volatile.Read(ref _closed);

    /// <summary>How many descriptors it watches; for handing new ones round.</summary>
    public int Sources => Volatile.Read(ref _sources);

    /// <summary>Says that a source's handlers are slow.</summary>
    public void MovedToPool(IEpollSource source) => _group.MovedToPool(source);

    /// <summary>Whether the caller runs on the thread that serves the loop now.</summary>
    public bool IsCurrent => EpollWorker.Current is { HasLostLoop: false } worker && worker.Loop == this;

    /// <summary>Gives up a loop that was never started.</summary>
    public void Abandon()
    {
        _ = Native.Close(_epoll);
        _ = _wakeUp < 0 ? 0 : Native.Close(_wakeUp);
    }

    /// <summary>Begins to serve.</summary>
    public void Start(EpollGroup group, EpollWorker worker)
    {
        _group = group;
        HandTo(worker);
    }

    /// <summary>Goes on with this worker, which is idle.</summary>
    public void HandTo(EpollWorker worker)
    {
        worker.Start(this);
        Volatile.Write(ref _worker, worker);
    }

    /// <summary>Gives a source its place; the answer names it in all further calls.</summary>
    public ulong Enter(IEpollSource source)
    {
        lock (_slotsLock)
        {
            if (!_free.TryPop(out int slot))
            {
                slot = _used++;
                if (slot == _slots.Length)
                {
                    Array.Resize(ref _slots, slot * 2);
                }
            }

            Volatile.Write(ref _sources, _sources + 1);
            uint generation = _slots[slot].Generation + 1;

            // In this order: who looks up an event of the one before finds another generation, whichever of them it sees.
            _slots[slot].Generation = generation;
            Volatile.Write(ref _slots[slot].Source, source);
            return ((ulong)generation << 32) | (uint)slot;
        }
    }

    /// <summary>Takes a source's place away: its events are no events any more.</summary>
    public void Leave(ulong id)
    {
        lock (_slotsLock)
        {
            int slot = (int)(uint)id;
            _slots[slot].Source = null;
            _free.Push(slot);
            Volatile.Write(ref _sources, _sources - 1);
        }
    }

    /// <summary>Sets what is watched of a descriptor; the answer is whether the kernel took it.</summary>
    public bool Watch(int operation, int descriptor, uint events, ulong id)
    {
        byte* what = stackalloc byte[16];
        EpollEvents.Write(what, events, id);
        return Native.Control(_epoll, operation, descriptor, what) == 0;
    }

    /// <summary>Ends the loop's thread as soon as it watches nothing any more.</summary>
    public void EndWhenEmpty()
    {
        Volatile.Write(ref _ending, true);
        WakeUp();
    }

    /// <summary>Has the loop call the source's <see cref="IEpollSource.OnPosted"/>; it is woken once for many.</summary>
    public void Post(IEpollSource source)
    {
        _posted.Enqueue(source);
        WakeUp();
    }

    private void WakeUp()
    {
        if (Interlocked.Exchange(ref _awake, 1) != 0)
        {
            return;
        }

        lock (_slotsLock)
        {
            ulong one = 1;
            _ = _closed ? 0 : Native.Write(_wakeUp, (byte*)&one, sizeof(ulong));
        }
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new IOException("The kernel refused an epoll loop.", new Win32Exception(Marshal.GetLastPInvokeError()));

    /// <summary>Serves until the loop ends, or goes on without this worker.</summary>
    /// <returns>Whether the loop was taken away.</returns>
    public bool Serve(EpollWorker worker)
    {
        worker.StartClock();
        if (!RunPosted(worker)) // what the one before did not come to
        {
            return true;
        }

        while (!Volatile.Read(ref _ending) || Sources > 0)
        {
            int count = Native.Wait(_epoll, worker.Events.Pointer, worker.Events.Count, -1);
            worker.StartClock();
            for (int i = 0; i < count; i++)
            {
                var (ready, id) = worker.Events.Read(i);
                FetchAhead(worker.Events, i, count);
                bool mine = id == WakeUpData ? TakeWakeUp(worker) : Find(id) is not { } source || worker.Call(source, ready);
                if (!mine)
                {
                    return true;
                }
            }
        }

        lock (_slotsLock)
        {
            _ = Native.Close(_epoll);
            _ = Native.Close(_wakeUp);
            Volatile.Write(ref _closed, true);
        }

        _group.LoopEnded();
        return false;
    }

    /// <summary>
    /// What the next calls need comes into the caches while the kernel reads for this one: a step further for each, since where the next
    /// object is stands in the one before.
    /// </summary>
    private void FetchAhead(EpollEvents events, int at, int count)
    {
        const int first = 3;
        for (int before = 0; before <= first && at + before < count; before++)
        {
            ulong id = events.Read(at + before).Data;
            var source = id == WakeUpData ? null : Find(id);
            if (before == first)
            {
                Prefetch.Object(source, 3);
            }
            else
            {
                source?.Prefetch(before);
            }
        }
    }

    private IEpollSource? Find(ulong id)
    {
        ref var slot = ref Volatile.Read(ref _slots)[(int)(uint)id];
        var source = Volatile.Read(ref slot.Source); // first, as it is written last
        return slot.Generation == (uint)(id >> 32) ? source : null;
    }

    private bool TakeWakeUp(EpollWorker worker)
    {
        ulong count;
        _ = Native.Read(_wakeUp, (byte*)&count, sizeof(ulong));
        Volatile.Write(ref _awake, 0);
        Interlocked.MemoryBarrier(); // who posts from now on wakes the loop again; who posted before is in the queue
        return RunPosted(worker);
    }

    private bool RunPosted(EpollWorker worker)
    {
        while (_posted.TryDequeue(out var source))
        {
            if (!worker.Call(source, 0))
            {
                return false;
            }
        }

        return true;
    }
}
