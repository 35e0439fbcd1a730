namespace Sockeye.Transports;

/// <summary>The pace of a thread that looks after others: it looks now and then while something moves, and sleeps while nothing does.</summary>
/// <param name="look">Looks once; the answer is whether anything moved, or stands still that should not.</param>
/// <param name="pause">How long it then waits while something moves.</param>
#pragma warning disable CA1001 // an event without a handle has nothing to dispose of
internal sealed class WatchPace(Func<bool> look, Func<TimeSpan> pause)
#pragma warning restore CA1001
{
    private const int QuietLooks = 20;

    private readonly ManualResetEventSlim _wake = new();
    private int _quiet;
    private bool _asleep;

    /// <summary>
    /// Something has begun that is to be watched. Called behind the write that shows it to a look: a watch that was not seen asleep then
    /// sees that write before it sleeps.
    /// </summary>
    public void Notice()
    {
        if (Volatile.Read(ref _asleep))
        {
            _wake.Set();
        }
    }

    /// <summary>Ends the sleep, or the next one before it begins.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Looks, and waits until it is time for the next look.</summary>
    public void LookAndRest()
    {
        _quiet = look() ? 0 : _quiet + 1;
        if (_quiet > QuietLooks)
        {
            Sleep();
        }
        else
        {
            Thread.Sleep(pause());
        }
    }

    private void Sleep()
    {
        Volatile.Write(ref _asleep, true);
        Interlocked.MemoryBarrierProcessWide(); // whoever did not see that we sleep has written what we see
        if (!look())
        {
            _wake.Wait();
        }

        Volatile.Write(ref _asleep, false);
        _wake.Reset();
        _quiet = 0;
    }
}
