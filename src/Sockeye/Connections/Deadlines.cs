using System.Runtime.CompilerServices;

namespace Sockeye.Connections;

/// <summary>
/// All deadlines of one clock: one timer for all connections, armed for the earliest, asleep while nothing is due.
/// Times are ticks of 100 ns on the clock's own scale.
/// </summary>
internal sealed class Deadlines
{
    public const long Never = long.MaxValue;

    private static readonly ConditionalWeakTable<TimeProvider, Deadlines> s_byClock = [];

    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly PriorityQueue<Alarm, long> _queue = new();
    private long _armedFor = Never;

    private Deadlines(TimeProvider clock)
    {
        _clock = clock;
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

    /// <summary>A time so far from now; never, for an infinite or negative span.</summary>
    public long In(TimeSpan span) => span < TimeSpan.Zero ? Never : Now + span.Ticks;

    /// <summary>Enters a deadline, unless an earlier one of the same alarm is entered already.</summary>
    public void Schedule(Alarm alarm, long due)
    {
        lock (_queue)
        {
            if (due < alarm.Scheduled)
            {
                Enter(alarm, due);
                Arm();
            }
        }
    }

    private void Enter(Alarm alarm, long due)
    {
        alarm.Scheduled = due;
        _queue.Enqueue(alarm, due); // an entry for a later time stays behind and is skipped when it comes up
    }

    private void Fire()
    {
        long now = Now;
        while (true)
        {
            Alarm? alarm;
            lock (_queue)
            {
                if (!_queue.TryPeek(out alarm, out long due) || due > now)
                {
                    _armedFor = Never;
                    Arm();
                    return;
                }

                _queue.Dequeue();
                if (alarm.Scheduled != due)
                {
                    continue;
                }

                alarm.Scheduled = Never;
            }

            long next = alarm.Owner?.OnDeadline(now) ?? Never;
            if (next != Never)
            {
                Schedule(alarm, Math.Max(next, now + 1));
            }
        }
    }

    private void Arm()
    {
        if (_queue.TryPeek(out _, out long due) && due < _armedFor)
        {
            _armedFor = due;
            double wait = Math.Ceiling(new TimeSpan(Math.Max(0, due - Now)).TotalMilliseconds); // a timer counts whole milliseconds
            _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
        }
    }
}
