using Sockeye.Tests.Support;
using Sockeye.Transports;

namespace Sockeye.Tests.Transports;

public sealed class CorkWatchTests
{
    [Fact]
    public async Task What_a_burst_holds_leaves_though_its_thread_stands_still()
    {
        var sender = new Sender();
        using var go = new ManualResetEventSlim();
        var burst = Task.Factory.StartNew(
            () =>
            {
                Cork.Mine.Begin();
                bool held = Cork.TryHold(sender);
                go.Wait(Waits.Long);
                bool heldAgain = Cork.TryHold(sender);
                Cork.Mine.End();
                Cork.Mine.Begin();
                bool heldInTheNext = Cork.TryHold(sender);
                Cork.Mine.End();
                return (held, heldAgain, heldInTheNext, Cork.Mine.Stamp & 1);
            },
            TaskCreationOptions.LongRunning);
        await Waits.Until(() => sender.Flushes == 1, "what is held leaves");
        go.Set();
        Assert.Equal((true, false, true, 0), await burst.Soon());
        Assert.Equal(2, sender.Flushes);
    }

    [Fact]
    public async Task A_link_that_fails_as_it_is_freed_stops_nobody_else()
    {
        using var go = new ManualResetEventSlim();
        var senders = new[] { new Sender { Fails = true }, new Sender() };
        var bursts = senders.Select(sender => Task.Factory.StartNew(
            () =>
            {
                Cork.Mine.Begin();
                Cork.TryHold(sender);
                go.Wait(Waits.Long);
                Cork.Mine.End();
            },
            TaskCreationOptions.LongRunning)).ToList();
        await Waits.Until(() => senders.All(sender => sender.Flushes == 1), "both are freed");
        go.Set();
        await Task.WhenAll(bursts).Soon();
    }

    private sealed class Sender : ICorked
    {
        private int _flushes;

        public bool Fails { get; init; }

        public int Flushes => Volatile.Read(ref _flushes);

        public bool IsHeld { get; set; }

        public void Prefetch()
        {
        }

        public void Flush()
        {
            Interlocked.Increment(ref _flushes);
            if (Fails)
            {
                throw new IOException("broken");
            }
        }
    }
}
