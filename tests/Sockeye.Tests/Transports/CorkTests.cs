using Sockeye.Transports;

namespace Sockeye.Tests.Transports;

public sealed class CorkTests : IDisposable
{
    // The watch of threads that nobody else watches would let go of everything if the machine stood still meanwhile.
    public CorkTests() => Cork.Mine.IsWatched = true;

    public void Dispose() => Cork.Mine.IsWatched = false;

    [Fact]
    public void What_is_held_leaves_once_at_the_end_of_the_outermost_burst()
    {
        var cork = Cork.Mine;
        var sender = new Sender();
        Assert.False(Cork.TryHold(sender));
        cork.Begin();
        cork.Begin();
        Assert.True(Cork.TryHold(sender));
        Assert.True(Cork.TryHold(sender));
        cork.End();
        Assert.Equal(0, sender.Flushes);
        cork.End();
        Assert.Equal(1, sender.Flushes);
        Assert.False(Cork.TryHold(sender));
    }

    [Fact]
    public void A_burst_that_is_renewed_lets_go_and_holds_again()
    {
        var cork = Cork.Mine;
        var sender = new Sender();
        Cork.Renew(); // there is none
        cork.Begin();
        Assert.True(Cork.TryHold(sender));
        Cork.Renew();
        Assert.Equal(1, sender.Flushes);
        Assert.True(Cork.TryHold(sender));
        cork.End();
        Assert.Equal(2, sender.Flushes);
        cork.Begin();
        cork.TakeOut();
        Cork.Renew();
        Assert.False(Cork.TryHold(sender));
        cork.End();
        cork.PutIn();
    }

    [Fact]
    public void Where_only_the_watch_takes_it_out_a_renewed_burst_holds_again()
    {
        var cork = Cork.Mine;
        bool held = false;
        for (int i = 0; i < 20 && !held; i++) // the watch itself takes it out if the machine stands still
        {
            var sender = new Sender();
            cork.IsWatched = false;
            cork.Begin();
            cork.TakeOut();
            Assert.False(Cork.TryHold(sender));
            Cork.Renew();
            held = Cork.TryHold(sender);
            cork.End();
            cork.IsWatched = true;
            Assert.Equal(0, cork.Stamp & 1);
        }

        Assert.True(held);
    }

    [Fact]
    public void A_long_burst_that_leaves_is_told_of_now_and_then()
    {
        var cork = Cork.Mine;
        var senders = Enumerable.Range(0, 200).Select(_ => new Sender()).ToList();
        var told = new List<int>();
        cork.Released = () => told.Add(senders.Sum(sender => sender.Flushes));
        cork.Begin();
        foreach (var sender in senders)
        {
            Assert.True(Cork.TryHold(sender));
        }

        cork.End();
        cork.Released = null;
        Assert.Equal([64, 128, 192], told);
        Assert.All(senders, sender => Assert.Equal(1, sender.Flushes));
    }

    private sealed class Sender : ICorked
    {
        public int Flushes { get; private set; }

        public void Prefetch()
        {
        }

        public bool IsHeld { get; set; }

        public void Flush() => Flushes++;
    }
}
