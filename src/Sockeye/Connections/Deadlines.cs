using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sockeye.Connections;

/// <summary>
/// All deadlines of one clock, on one wheel: one timer for all connections, armed for the earliest, asleep while none is entered.
/// Times are ticks of 100 ns on the clock's own scale; the wheel counts milliseconds, as timers do, and rounds up: nothing is early.
/// </summary>
internal sealed class Deadlines
{
    public const long Never = long.MaxValue;

    /// <summary>Before all times: nothing is entered over it.</summary>
    internal const long Cancelled = long.MinValue;

    private static readonly ConditionalWeakTable<TimeProvider, Deadlines> s_byClock = [];

    private readonly TimeProvider _clock;
    private readonly ITimer _timer;

    // The innermost of all locks: nothing is called with it but the clock.
    private readonly Lock _lock = new();
    private readonly TimerWheel _wheel;
    private long _armedFor = Never;
    private bool _firing;

    private Deadlines(TimeProvider clock)
    {
        _clock = clock;
        _wheel = new TimerWheel(Now / TimeSpan.TicksPerMillisecond);
        using (ExecutionContext.SuppressFlow())
        {
            _timer = clock.CreateTimer(static s => ((Deadlines)s!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whose deadlines they are.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>Now, on this clock.</summary>
    public long Now => _clock.GetElapsedTime(0, _clock.GetTimestamp()).Ticks;

    public static Deadlines Of(TimeProvider clock) => s_byClock.GetValue(clock, static c => new Deadlines(c));

    /// <summary>A time so far from another; never, for an infinite or negative span.</summary>
    public static long After(long time, TimeSpan span) => span < TimeSpan.Zero ? Never : time + span.Ticks;

    /// <summary>A time so far from now; never, for an infinite or negative span.</summary>
    public long In(TimeSpan span) => After(Now, span);

    /// <summary>Enters a deadline, unless it is entered for an earlier time already, or was cancelled.</summary>
    public void Schedule(Deadline deadline, long due)
    {
        if (due == Never)
        {
            return;
        }

        long tick = (due / TimeSpan.TicksPerMillisecond) + (due % TimeSpan.TicksPerMillisecond > 0 ? 1 : 0);
        lock (_lock)
        {
            if (tick < deadline.Tick)
            {
                if (deadline.Tick != Never)
                {
                    _wheel.Remove(deadline);
                }

                _wheel.Enter(deadline, tick);
                Arm();
            }
        }
    }

    /// <summary>The owner has nothing to do any more: the deadline leaves at once, for good. If it is being called, that goes on.</summary>
    public void Cancel(Deadline deadline)
    {
        lock (_lock)
        {
            if (deadline.Tick is not (Never or Cancelled))
            {
                _wheel.Remove(deadline);
                Arm();
            }

            deadline.Tick = Cancelled;
        }
    }

    private static long Call(Deadline deadline, long now)
    {
        try
        {
            return deadline.OnDeadline(now);
        }
        catch (Exception e)
        {
            deadline.OnFailed(e);
            return Never;
        }
    }

    private void Fire()
    {
        if (_lock.IsHeldByCurrentThread)
        {
            // Some clocks of tests call back as they are set, and the caller has locks of its own.
            ThreadPool.UnsafeQueueUserWorkItem(static deadlines => deadlines.Fire(), this, preferLocal: false);
            return;
        }

        lock (_lock)
        {
            if (_firing)
            {
                return; // the timer was moved as it fired: whoever is at it comes to all that is due, and arms anew
            }

            (_firing, _armedFor) = (true, Never);
        }

        long now = Now;
        while (TryTake(now, out var deadline))
        {
            long next = Call(deadline, now);
            Schedule(deadline, next == Never ? Never : Math.Max(next, now + 1));
        }
    }

    private bool TryTake(long now, [NotNullWhen(true)] out Deadline? deadline)
    {
        bool unfinished;
        do
        {
            lock (_lock)
            {
                deadline = _wheel.Take(now / TimeSpan.TicksPerMillisecond, out unfinished);
                if (deadline is null && !unfinished)
                {
                    _firing = false;
                    Arm();
                }
            }
        }
        while (unfinished);
        return deadline is not null;
    }

    /// <summary>
    /// Sets the timer, if something is earlier than what it is set for, or nothing is left. For one that was cancelled it is not
    /// moved: to wake once for nothing costs less than to move it with everyone that goes.
    /// </summary>
    private void Arm()
    {
        long next = _wheel.Next;
        if (_firing || (next >= _armedFor && next != Never) || next == _armedFor)
        {
            return;
        }

        _armedFor = next;
        var wait = Timeout.InfiniteTimeSpan;
        if (next != Never)
        {
            double span = Math.Ceiling(new TimeSpan((next * TimeSpan.TicksPerMillisecond) - Now).TotalMilliseconds);
            wait = TimeSpan.FromMilliseconds(Math.Clamp(span, 0, int.MaxValue)); // what is further than timers count is looked at again
        }

        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
