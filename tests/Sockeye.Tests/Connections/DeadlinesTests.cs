using System.Runtime.CompilerServices;
using Sockeye.Connections;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>Deadlines on a clock: never early, one timer, and none of it while nothing is due.</summary>
public sealed class DeadlinesTests
{
    private readonly ManualTime _time = new();
    private readonly Deadlines _deadlines;
    private readonly List<Entry> _calls = [];

    public DeadlinesTests() => _deadlines = Deadlines.Of(_time);

    [Fact]
    public void It_is_called_at_its_time_and_not_before()
    {
        foreach (var span in (TimeSpan[])[Ms(1), Ms(63), Ms(64), Ms(1500), TimeSpan.FromSeconds(20), TimeSpan.FromHours(3), TimeSpan.FromDays(24)])
        {
            var entry = Enter(span);
            _time.Advance(span - TimeSpan.FromTicks(1));
            Assert.Empty(_calls);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.Equal([entry], _calls);
            Assert.Equal(_deadlines.Now, entry.CalledAt);
            _calls.Clear();
        }
    }

    [Fact]
    public void Times_between_the_wheels_ticks_are_rounded_up()
    {
        _time.Advance(TimeSpan.FromTicks(3333));
        Enter(TimeSpan.FromTicks(10_001));
        _time.Advance(TimeSpan.FromTicks(10_000));
        Assert.Empty(_calls);
        _time.Advance(Ms(1));
        Assert.Single(_calls);
    }

    [Fact]
    public async Task A_clock_that_calls_back_as_it_is_set_calls_nothing_inside_the_callers_locks()
    {
        var deadlines = Deadlines.Of(new EagerTime());
        object callers = new();
        var held = new TaskCompletionSource<bool>();
        var entry = new Entry([])
        {
            Work = _ =>
            {
                held.SetResult(Monitor.IsEntered(callers));
                return Deadlines.Never;
            },
        };
        lock (callers)
        {
            deadlines.Schedule(entry, deadlines.Now - 1);
        }

        Assert.False(await held.Task.Soon());
    }

    [Fact]
    public void What_is_due_already_is_called_as_soon_as_the_clock_is_looked_at()
    {
        var entry = new Entry(_calls);
        _deadlines.Schedule(entry, _deadlines.Now - 1);
        Assert.Empty(_calls); // never inside the caller's locks
        _time.Advance(TimeSpan.Zero);
        Assert.Equal([entry], _calls);
    }

    [Fact]
    public void A_jump_calls_everything_in_order()
    {
        var random = new Random(11);
        var entries = Enumerable.Range(0, 500).Select(_ => Enter(Ms(random.Next(1, 10_000_000)))).ToList();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(entries.OrderBy(entry => entry.Due), _calls);
        Assert.All(entries, entry => Assert.Equal(entry.Due, entry.CalledAt));
    }

    [Fact]
    public void A_clock_that_jumps_over_many_at_once_has_all_of_them_called_in_order()
    {
        var entries = Enumerable.Range(1, 300).Select(i => Enter(Ms(i * 977 % 100_000))).ToList();
        _time.Jump(TimeSpan.FromDays(1));
        _time.Advance(TimeSpan.Zero);
        Assert.Equal(entries.OrderBy(entry => entry.Due), _calls);
    }

    [Fact]
    public void An_earlier_time_wins_and_a_later_one_changes_nothing()
    {
        var entry = Enter(Ms(100));
        _deadlines.Schedule(entry, _deadlines.In(Ms(200)));
        _time.Advance(Ms(99));
        Assert.Empty(_calls);
        _deadlines.Schedule(entry, _deadlines.In(Timeout.InfiniteTimeSpan));
        _time.Advance(Ms(1));
        Assert.Single(_calls);
        _time.Advance(Ms(1000));
        Assert.Single(_calls);

        Schedule(entry, Ms(100_000));
        Schedule(entry, Ms(10));
        _time.Advance(Ms(10));
        Assert.Equal(2, _calls.Count);
        _time.Advance(Ms(200_000));
        Assert.Equal(2, _calls.Count); // what it was entered for before is forgotten
    }

    [Fact]
    public void The_answer_is_the_next_time()
    {
        var entry = Enter(Ms(10));
        entry.Work = now => entry.Count < 5 ? now + Ms(10).Ticks : Deadlines.Never;
        _time.Advance(Ms(49));
        Assert.Equal(4, entry.Count);
        _time.Advance(Ms(1000));
        Assert.Equal(5, entry.Count);
    }

    [Fact]
    public void An_answer_that_is_past_already_does_not_keep_the_timer_busy()
    {
        var entry = Enter(Ms(10));
        entry.Work = _ => 1;
        _time.Advance(Ms(10));
        Assert.Equal(1, entry.Count);
        _time.Advance(Ms(3));
        Assert.Equal(4, entry.Count);
        _deadlines.Cancel(entry);
    }

    [Fact]
    public void The_earlier_of_the_answer_and_of_what_was_entered_meanwhile_counts()
    {
        var entry = Enter(Ms(10));
        entry.Work = now =>
        {
            Schedule(entry, Ms(entry.Count == 1 ? 5 : 50));
            return entry.Count < 3 ? now + Ms(20).Ticks : Deadlines.Never;
        };
        _time.Advance(Ms(10 + 5));
        Assert.Equal(2, entry.Count);
        _time.Advance(Ms(20));
        Assert.Equal(3, entry.Count);
        entry.Work = null;
        _time.Advance(Ms(49));
        Assert.Equal(3, entry.Count);
        _time.Advance(Ms(1));
        Assert.Equal(4, entry.Count);
    }

    [Fact]
    public void What_is_entered_within_a_call_for_now_is_called_too()
    {
        var other = new Entry(_calls);
        var entry = Enter(Ms(10));
        entry.Work = now =>
        {
            _deadlines.Schedule(other, now);
            return Deadlines.Never;
        };
        _time.Advance(Ms(10));
        Assert.Equal([entry, other], _calls);
    }

    [Fact]
    public void What_is_cancelled_is_never_called_in_whatever_state_it_was()
    {
        var fresh = new Entry(_calls);
        _deadlines.Cancel(fresh);
        Schedule(fresh, Ms(10));

        var waiting = Enter(Ms(10));
        _deadlines.Cancel(waiting);
        _deadlines.Cancel(waiting);
        Schedule(waiting, Ms(1));

        var (first, second) = (Enter(Ms(20)), Enter(Ms(20)));
        first.Work = now =>
        {
            _deadlines.Cancel(second); // due in the same call
            _deadlines.Cancel(first); // while it is called itself: its answer counts no more
            return now + 1;
        };
        _time.Advance(Ms(1000));
        Assert.Equal([first], _calls);

        var done = Enter(Ms(10));
        _time.Advance(Ms(10));
        _deadlines.Cancel(done);
        Schedule(done, Ms(10));
        _time.Advance(Ms(1000));
        Assert.Equal([first, done], _calls);
    }

    [Fact]
    public void A_failure_costs_its_owner_only()
    {
        var (bad, good) = (Enter(Ms(10)), Enter(Ms(10)));
        bad.Work = _ => throw new InvalidOperationException("bad");
        _time.Advance(Ms(10));
        Assert.Equal("bad", bad.Failure?.Message);
        Assert.Equal([bad, good], _calls);
        Enter(Ms(10));
        _time.Advance(Ms(10));
        Assert.Equal(3, _calls.Count);
    }

    [Fact]
    public void The_timer_sleeps_while_nothing_is_due()
    {
        Assert.Equal((0, 0), (_time.Arms, _time.Runs));
        _time.Advance(TimeSpan.FromDays(365));
        Assert.Equal((0, 0), (_time.Arms, _time.Runs));
        for (int i = 1; i <= 100; i++)
        {
            Enter(TimeSpan.FromSeconds(20 * i)); // beyond the first: nothing to change
        }

        Assert.Equal(1, _time.Arms);
        _time.Advance(TimeSpan.FromSeconds(2000));
        Assert.Equal((100, 100, 100), (_calls.Count, _time.Runs, _time.Arms)); // no look in between, however far off the next is
        _time.Advance(TimeSpan.FromDays(365));
        Assert.Equal((100, 100), (_time.Runs, _time.Arms));
    }

    [Fact]
    public void When_the_last_is_cancelled_the_timer_sleeps()
    {
        var (one, two) = (Enter(Ms(10)), Enter(Ms(5000)));
        _deadlines.Cancel(two);
        _deadlines.Cancel(one);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, _time.Runs);
        Enter(Ms(10));
        _time.Advance(Ms(10));
        Assert.Single(_calls);
    }

    [Fact]
    public void A_cancelled_deadline_costs_at_most_one_wake_up_for_nothing()
    {
        var early = Enter(Ms(10));
        Enter(TimeSpan.FromHours(1));
        _deadlines.Cancel(early);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((1, 2), (_calls.Count, _time.Runs));
    }

    [Fact]
    public void To_enter_move_and_cancel_allocates_nothing()
    {
        var deadlines = Deadlines.Of(new StillTime());
        var entries = Enumerable.Range(0, 1000 * 11).Select(_ => new Entry(_calls)).ToArray();
        int used = 0;
        long least = Allocations.Least(() =>
        {
            foreach (var entry in entries.AsSpan(used, 1000))
            {
                deadlines.Schedule(entry, deadlines.In(TimeSpan.FromSeconds(20)));
                deadlines.Schedule(entry, deadlines.In(TimeSpan.FromSeconds(5)));
                deadlines.Cancel(entry);
            }

            used += 1000;
        });
        Assert.Equal(0, least);
    }

    [Fact]
    public void A_cancelled_owner_is_let_go()
    {
        var gone = EnterAndCancel();
        Enter(TimeSpan.FromDays(1));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(gone.IsAlive);
        GC.KeepAlive(_deadlines);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference EnterAndCancel()
        {
            var entry = Enter(TimeSpan.FromDays(1));
            _deadlines.Cancel(entry);
            return new WeakReference(entry);
        }
    }

    [Fact]
    public async Task Threads_that_enter_and_cancel_while_it_fires_lose_nothing()
    {
        const int each = 2000;
        using var stop = new CancellationTokenSource();

        // Two threads, as a timer that is moved while it fires may run on a second one; of their own, so that other tests keep the pool's.
        var clocks = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    _time.Advance(Ms(1));
                    Thread.Yield();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        var work = Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            var kept = new List<Entry>();
            for (int i = 0; i < each; i++)
            {
                var entry = new Entry([]);
                entry.Work = now => entry.Count < 3 ? now + Ms(random.Next(5)).Ticks : Deadlines.Never;
                Schedule(entry, Ms(i % 200));
                Schedule(entry, Ms(i % 7));
                if (i % 3 == 0)
                {
                    _deadlines.Cancel(entry);
                }
                else
                {
                    kept.Add(entry);
                }
            }

            return kept;
        })).ToArray();
        var all = (await Task.WhenAll(work)).SelectMany(entries => entries).ToList();
        await Waits.Until(() => all.TrueForAll(entry => Volatile.Read(ref entry.Count) >= 3), "all have been called three times");
        await stop.CancelAsync();
        await Task.WhenAll(clocks);
        Assert.All(all, entry => Assert.False(entry.Overlapped));
    }

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private Entry Enter(TimeSpan span)
    {
        var entry = new Entry(_calls) { Due = _deadlines.In(span) };
        _deadlines.Schedule(entry, entry.Due);
        return entry;
    }

    private void Schedule(Entry entry, TimeSpan span) => _deadlines.Schedule(entry, _deadlines.In(span));

    private sealed class Entry(List<Entry> calls) : Deadline
    {
        public int Count;
        private int _within;

        public Func<long, long>? Work { get; set; }

        public long Due { get; init; }

        public long CalledAt { get; private set; }

        public bool Overlapped { get; private set; }

        public Exception? Failure { get; private set; }

        public override long OnDeadline(long now)
        {
            Overlapped |= Interlocked.Exchange(ref _within, 1) != 0;
            Interlocked.Increment(ref Count);
            CalledAt = now;
            calls.Add(this);
            try
            {
                return Work?.Invoke(now) ?? Deadlines.Never;
            }
            finally
            {
                Volatile.Write(ref _within, 0);
            }
        }

        public override void OnFailed(Exception reason) => Failure = reason;
    }

    /// <summary>A clock whose timers call back within the call that sets them, if they are due.</summary>
    private sealed class EagerTime : TimeProvider
    {
        public override long GetTimestamp() => 1_000_000;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new EagerTimer(callback, state);

        private sealed class EagerTimer(TimerCallback callback, object? state) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (dueTime == TimeSpan.Zero)
                {
                    callback(state);
                }

                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    /// <summary>A clock that stands, with a timer that does nothing.</summary>
    private sealed class StillTime : TimeProvider
    {
        public override long GetTimestamp() => 1_000_000;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new StillTimer();

        private sealed class StillTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
