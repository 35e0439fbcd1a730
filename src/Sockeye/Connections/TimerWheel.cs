using System.Numerics;

namespace Sockeye.Connections;

/// <summary>
/// Deadlines by tick, on wheels of 64 slots: a slot of the lowest is one tick wide, one of the next as wide as the whole wheel below.
/// A deadline stands on the lowest wheel whose turn tells it from the present, and moves down when its slot's time has come. To enter,
/// to remove and to find the next take the same few steps however many there are. Knows no clock and no threads.
/// </summary>
internal sealed class TimerWheel
{
    private const int SlotBits = 6;
    private const int SlotCount = 1 << SlotBits;

    /// <summary>54 bits of ticks: no time of a clock is too far.</summary>
    private const int LevelCount = 9;

    /// <summary>How many are moved down at once: what many connections have entered for about the same time is no long wait for one that enters.</summary>
    private const int MovedAtOnce = 64;

    private readonly Deadline?[] _first = new Deadline?[LevelCount * SlotCount];
    private readonly long[] _earliest = new long[LevelCount * SlotCount];
    private readonly ulong[] _occupied = new ulong[LevelCount];

    // All before is over. It never passes a slot with something in it, nor stands within one above the lowest wheel: thereby it
    // tells, together with a tick, in which slot that tick is.
    private long _present;

    // What is on its way down from a slot whose time has come.
    private Deadline? _moving;

    public TimerWheel(long present) => _present = present;

    public bool IsEmpty => FirstSlot() < 0 && _moving is null;

    /// <summary>No deadline is earlier than this tick; one may be later, if the earliest was removed. Never, if there is none.</summary>
    public long Next => _moving is not null ? _present : FirstSlot() is var slot and >= 0 ? _earliest[slot] : Deadlines.Never;

    /// <summary>Enters one that is not entered. What is past already comes next.</summary>
    public void Enter(Deadline deadline, long tick)
    {
        deadline.Tick = Math.Max(tick, _present);
        Append(deadline);
    }

    /// <summary>Removes one that is entered.</summary>
    public void Remove(Deadline deadline)
    {
        Unlink(deadline);
        deadline.Tick = Deadlines.Never;
    }

    /// <summary>Removes the first that is due by now: in the order of ticks, within a tick in the order of entering; null, if none is.</summary>
    /// <param name="now">The tick that has come.</param>
    /// <param name="unfinished">Whether it is not known yet which is the first, if any: to be called again, when others had their turn.</param>
    public Deadline? Take(long now, out bool unfinished)
    {
        int left = MovedAtOnce;
        while (true)
        {
            for (; left > 0 && _moving is { } moved; left--)
            {
                Unlink(moved);
                Append(moved);
            }

            unfinished = _moving is not null;
            if (unfinished)
            {
                return null;
            }

            int slot = FirstSlot();
            if (slot < 0 || StartOf(slot) > now)
            {
                _present = Math.Max(_present, now);
                return null;
            }

            _present = Math.Max(_present, StartOf(slot));
            var first = _first[slot]!;
            if (slot < SlotCount)
            {
                Remove(first);
                return first;
            }

            Empty(slot);
            _moving = first;
        }
    }

    private void Unlink(Deadline deadline)
    {
        int slot = SlotOf(deadline.Tick);
        var next = deadline.NextInSlot!;
        var other = next == deadline ? null : next;
        if (_moving == deadline)
        {
            _moving = other;
        }
        else if (other is null)
        {
            Empty(slot);
        }
        else if (_first[slot] == deadline)
        {
            _first[slot] = other;
        }

        var previous = deadline.PreviousInSlot!;
        (previous.NextInSlot, next.PreviousInSlot) = (next, previous);
        (deadline.NextInSlot, deadline.PreviousInSlot) = (null, null);
    }

    private void Append(Deadline deadline)
    {
        int slot = SlotOf(deadline.Tick);
        if (_first[slot] is { } first)
        {
            var last = first.PreviousInSlot!;
            (deadline.PreviousInSlot, deadline.NextInSlot) = (last, first);
            (last.NextInSlot, first.PreviousInSlot) = (deadline, deadline);
            _earliest[slot] = Math.Min(_earliest[slot], deadline.Tick);
        }
        else
        {
            (deadline.PreviousInSlot, deadline.NextInSlot) = (deadline, deadline);
            _first[slot] = deadline;
            _earliest[slot] = deadline.Tick;
            _occupied[slot / SlotCount] |= 1UL << (slot % SlotCount);
        }
    }

    private void Empty(int slot)
    {
        _first[slot] = null;
        _occupied[slot / SlotCount] &= ~(1UL << (slot % SlotCount));
    }

    /// <summary>The first slot with something in it: whatever is on a lower wheel comes before all above.</summary>
    private int FirstSlot()
    {
        for (int level = 0; level < LevelCount; level++)
        {
            if (_occupied[level] != 0)
            {
                return (level * SlotCount) + BitOperations.TrailingZeroCount(_occupied[level]);
            }
        }

        return -1;
    }

    /// <summary>The wheel is that of the highest digit in which the tick differs from the present; the slot is that digit.</summary>
    private int SlotOf(long tick)
    {
        int level = BitOperations.Log2((ulong)(tick ^ _present) | 1) / SlotBits;
        return (level * SlotCount) + ((int)(tick >> (level * SlotBits)) & (SlotCount - 1));
    }

    private long StartOf(int slot)
    {
        int shift = slot / SlotCount * SlotBits;
        long turn = _present & ~((1L << (shift + SlotBits)) - 1);
        return turn | ((long)(slot % SlotCount) << shift);
    }
}
