using Sockeye.Connections;

namespace Sockeye.Tests.Connections;

/// <summary>The wheel by itself: which deadline comes when, whatever was entered and removed before.</summary>
public sealed class TimerWheelTests
{
    [Fact]
    public void An_empty_wheel_has_nothing_and_a_time_that_has_come_is_not_late()
    {
        var wheel = new TimerWheel(1000);
        Assert.True(wheel.IsEmpty);
        Assert.Equal(Deadlines.Never, wheel.Next);
        Assert.Null(Take(wheel, 5000));
        var node = new Node();
        wheel.Enter(node, 5001);
        Assert.False(wheel.IsEmpty);
        Assert.Equal(5001, wheel.Next);
        Assert.Null(Take(wheel, 5000));
        Assert.Same(node, Take(wheel, 5001));
        Assert.Equal(Deadlines.Never, node.Tick);
        Assert.True(wheel.IsEmpty);
    }

    [Fact]
    public void The_past_comes_next_and_a_clock_that_goes_back_changes_nothing()
    {
        var wheel = new TimerWheel(1000);
        var (past, present) = (new Node(), new Node());
        wheel.Enter(past, 3);
        wheel.Enter(present, 1000);
        Assert.Null(Take(wheel, 999));
        Assert.Same(past, Take(wheel, 1000));
        Assert.Same(present, Take(wheel, 1000));
        Assert.Null(Take(wheel, 10));
        wheel.Enter(past, 20);
        Assert.Equal(1000, wheel.Next);
    }

    [Fact]
    public void A_deadline_on_any_wheel_comes_exactly_at_its_tick()
    {
        foreach (long start in (long[])[0, 1, 63, 64, 4095, 123_456_789, (1L << 40) - 1])
        {
            for (int bit = 0; bit < 49; bit++)
            {
                foreach (long span in (long[])[(1L << bit) - 1, 1L << bit, (1L << bit) + 1])
                {
                    var wheel = new TimerWheel(start);
                    var node = new Node();
                    wheel.Enter(node, start + span);
                    Assert.Equal(start + span, wheel.Next);
                    Assert.Null(Take(wheel, start + span - 1));
                    Assert.Equal(start + span, wheel.Next);
                    Assert.Same(node, Take(wheel, start + span));
                    Assert.True(wheel.IsEmpty);
                }
            }
        }
    }

    [Fact]
    public void The_last_time_of_all_fits()
    {
        const long last = (long.MaxValue / TimeSpan.TicksPerMillisecond) + 1;
        var wheel = new TimerWheel(0);
        var node = new Node();
        wheel.Enter(node, last);
        Assert.Null(Take(wheel, last - 1));
        Assert.Same(node, Take(wheel, last));
    }

    [Fact]
    public void It_comes_down_all_wheels_when_every_tick_is_asked_for()
    {
        const long start = 5;
        var wheel = new TimerWheel(start);
        var far = new Node();
        long due = start + (64 * 64 * 64) + (64 * 64) + 64 + 1;
        wheel.Enter(far, due);
        for (long now = start; now < due; now++)
        {
            Assert.Null(Take(wheel, now));
        }

        Assert.Same(far, Take(wheel, due));
    }

    [Fact]
    public void A_jump_gives_everything_in_order_and_equal_ticks_in_the_order_of_entering()
    {
        var random = new Random(3);
        var wheel = new TimerWheel(777);
        var nodes = new List<Node>();
        for (int i = 0; i < 3000; i++)
        {
            // Few distinct ticks, entered from different presents: equal ones start on different wheels.
            long present = 777 + (i * 10);
            Assert.Null(Take(wheel, present));
            var node = new Node { Name = i, Due = 40_000 + (random.Next(100) * 700L) };
            nodes.Add(node);
            wheel.Enter(node, node.Due);
        }

        var expected = nodes.OrderBy(node => node.Due).ThenBy(node => node.Name).Select(node => node.Name);
        Assert.Equal(expected, Drain(wheel, 1_000_000).Select(node => node.Name));
    }

    [Fact]
    public void What_is_removed_does_not_come_wherever_it_stood()
    {
        var wheel = new TimerWheel(0);
        long[] dues = [5, 5, 5, 70, 70, 70, 5000, 5000, 5000];
        for (int gone = 0; gone < dues.Length; gone++)
        {
            var nodes = dues.Select((due, i) => new Node { Name = i, Due = due }).ToList();
            nodes.ForEach(node => wheel.Enter(node, node.Due));
            wheel.Remove(nodes[gone]);
            Assert.Null(nodes[gone].NextInSlot);
            Assert.Null(nodes[gone].PreviousInSlot);
            Assert.Equal(nodes.Where((_, i) => i != gone), Drain(wheel, 6000));
            Assert.True(wheel.IsEmpty);
            wheel = new TimerWheel(0);
        }
    }

    [Fact]
    public void The_next_is_no_longer_known_exactly_when_the_earliest_of_a_slot_goes_but_never_too_late()
    {
        var wheel = new TimerWheel(0);
        var (early, late) = (new Node(), new Node());
        wheel.Enter(early, 64);
        wheel.Enter(late, 100);
        wheel.Remove(early);
        Assert.Equal(64, wheel.Next);
        Assert.Null(Take(wheel, 64));
        Assert.Equal(100, wheel.Next); // one look was for nothing, the next will not be
    }

    [Fact]
    public void It_does_what_a_sorted_list_does_100_000_times()
    {
        const int seed = 20260117;
        var random = new Random(seed);
        var wheel = new TimerWheel(12_345);
        var model = new SortedSet<Node>(Comparer<Node>.Create((a, b) => (a.Due, a.Name).CompareTo((b.Due, b.Name))));
        var entered = new List<Node>();
        long now = 12_345;
        int name = 0;
        for (int i = 0; i < 100_000; i++)
        {
            switch (random.Next(10))
            {
                case < 5:
                    var node = new Node { Name = name++, Due = Math.Max(now, now - 10 + (random.NextInt64(1L << random.Next(1, 40)))) };
                    wheel.Enter(node, node.Due);
                    (node.Index, _) = (entered.Count, model.Add(node));
                    entered.Add(node);
                    break;
                case < 8 when entered.Count > 0:
                    var gone = entered[random.Next(entered.Count)];
                    wheel.Remove(gone);
                    Forget(gone);
                    break;
                default:
                    now += random.NextInt64(1L << random.Next(1, 34));
                    while (Take(wheel, now) is Node due)
                    {
                        Assert.True(due.Due <= now, $"seed {seed}, step {i}: early");
                        Assert.True(due == model.Min, $"seed {seed}, step {i}: out of turn");
                        Forget(due);
                    }

                    Assert.True(model.Count == 0 || model.Min!.Due > now, $"seed {seed}, step {i}: forgotten");
                    break;
            }

            Assert.Equal(model.Count == 0, wheel.IsEmpty);
            Assert.True(model.Count == 0 || wheel.Next <= model.Min!.Due, $"seed {seed}, step {i}: the next is late");
        }

        Assert.True(name > 10_000 && now > 1L << 34, "The run was too short to mean anything.");

        void Forget(Node node)
        {
            Assert.True(model.Remove(node));
            var last = entered[^1];
            (entered[node.Index], last.Index) = (last, node.Index);
            entered.RemoveAt(entered.Count - 1);
        }
    }

    [Fact]
    public void What_many_entered_for_the_same_while_is_moved_in_shares_and_others_enter_and_leave_in_between()
    {
        const int seed = 5;
        var random = new Random(seed);
        var wheel = new TimerWheel(0);
        var present = new HashSet<Node>();
        for (int i = 0; i < 10_000; i++)
        {
            Add(262_144 + random.Next(5000)); // all in one slot of the fourth wheel
        }

        int shares = 0;
        long last = 0;
        for (long now = 262_100; now < 270_000; now += 50)
        {
            bool unfinished;
            do
            {
                while (wheel.Take(now, out unfinished) is Node due)
                {
                    Assert.True(due.Due <= now && due.Due >= last, $"seed {seed}: {due.Due} at {now} after {last}");
                    Assert.True(present.Remove(due));
                    last = due.Due;
                }

                if (unfinished)
                {
                    shares++;
                    Assert.False(wheel.IsEmpty);
                    Assert.True(wheel.Next <= present.Min(node => node.Due));
                    foreach (var gone in present.Take(random.Next(40)).ToList()) // what is moved first goes first
                    {
                        wheel.Remove(gone);
                        present.Remove(gone);
                    }

                    Add(Math.Max(now, 262_144) + random.Next(5000));
                }
            }
            while (unfinished);
        }

        Assert.InRange(shares, 50, 10_000);
        Assert.Empty(present);
        Assert.True(wheel.IsEmpty);

        void Add(long due)
        {
            var node = new Node { Due = due };
            wheel.Enter(node, due);
            present.Add(node);
        }
    }

    [Fact]
    public void All_that_is_being_moved_may_leave()
    {
        var wheel = new TimerWheel(0);
        var nodes = Enumerable.Range(0, 100).Select(_ => new Node()).ToList();
        nodes.ForEach(node => wheel.Enter(node, 4100));
        Assert.Null(wheel.Take(4099, out bool unfinished));
        Assert.True(unfinished);
        nodes.ForEach(wheel.Remove);
        Assert.True(wheel.IsEmpty);
        Assert.Equal(Deadlines.Never, wheel.Next);
        Assert.Null(wheel.Take(5000, out unfinished));
        Assert.False(unfinished);
    }

    private static Deadline? Take(TimerWheel wheel, long now)
    {
        while (true)
        {
            var found = wheel.Take(now, out bool unfinished);
            if (!unfinished)
            {
                return found;
            }
        }
    }

    private static List<Node> Drain(TimerWheel wheel, long now)
    {
        var all = new List<Node>();
        while (Take(wheel, now) is Node node)
        {
            all.Add(node);
        }

        return all;
    }

    private sealed class Node : Deadline
    {
        public int Name { get; init; }

        public long Due { get; init; }

        public int Index { get; set; }

        public override long OnDeadline(long now) => Deadlines.Never;

        public override void OnFailed(Exception reason)
        {
        }
    }
}
