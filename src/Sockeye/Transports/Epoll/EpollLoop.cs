using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>
/// One thread that waits for many descriptors and reads them all with one buffer. An event names its source by a slot and a generation:
/// an event that was fetched for a source that has left meanwhile finds another generation and is dropped.
/// </summary>
internal sealed unsafe class EpollLoop
{
    private const int BufferBytes = 256 * 1024;
    private const int EventsPerTurn = 256;
    private const ulong WakeUpData = ulong.MaxValue;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly Thread _thread;
    private readonly Lock _slotsLock = new();
    private readonly ConcurrentQueue<IEpollSource> _posted = new();
    private readonly Stack<int> _free = new();
    private (IEpollSource? Source, uint Generation)[] _slots = new (IEpollSource?, uint)[64];
    private int _used;
    private int _awake;
    private int _sources;
    private bool _ending, _closed;

    public EpollLoop(string name)
    {
        _epoll = Check(Native.CreateEpoll());
        _wakeUp = Check(Native.CreateWakeUp());
        byte* what = stackalloc byte[16];
        EpollEvents.Write(what, Native.In, WakeUpData);
        Check(Native.Control(_epoll, Native.Add, _wakeUp, what));
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>How many descriptors it watches; for handing new ones round.</summary>
    public int Sources => Volatile.Read(ref _sources);

    /// <summary>Whether the caller runs on the loop's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

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
            _slots[slot] = (source, generation);
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

    private void Run()
    {
        byte[] memory = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
        var events = new EpollEvents(EventsPerTurn);
        while (!Volatile.Read(ref _ending) || Sources > 0)
        {
            int count = Native.Wait(_epoll, events.Pointer, events.Count, -1);
            for (int i = 0; i < count; i++)
            {
                var (ready, id) = events.Read(i);
                if (id == WakeUpData)
                {
                    RunPosted();
                }
                else if (Find(id) is { } source)
                {
                    Guard(source, ready, memory);
                }
            }
        }

        lock (_slotsLock)
        {
            _ = Native.Close(_epoll);
            _ = Native.Close(_wakeUp);
            _closed = true;
        }
    }

    private IEpollSource? Find(ulong id)
    {
        var (source, generation) = Volatile.Read(ref _slots)[(int)(uint)id];
        return generation == (uint)(id >> 32) ? source : null;
    }

    private void RunPosted()
    {
        ulong count;
        _ = Native.Read(_wakeUp, (byte*)&count, sizeof(ulong));
        Volatile.Write(ref _awake, 0);
        Interlocked.MemoryBarrier(); // who posts from now on wakes the loop again; who posted before is in the queue
        while (_posted.TryDequeue(out var source))
        {
            Guard(source, 0, default);
        }
    }

    /// <summary>Calls a source. A loop is everybody's: what a source throws costs that source and no other.</summary>
    private static void Guard(IEpollSource source, uint ready, Span<byte> memory)
    {
        try
        {
            if (ready == 0)
            {
                source.OnPosted();
            }
            else
            {
                source.OnReady(ready, memory);
            }
        }
        catch (Exception e)
        {
            Fail(source, e);
        }
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
}
