namespace Sockeye.Transports;

/// <summary>
/// Looks after the bursts of threads that are no loop's: those of the thread pool, of sockets, pipes and streams. Where one stands still,
/// because a handler does not return, what it holds back leaves without it. Its thread sleeps while there are no bursts.
/// </summary>
internal static class CorkWatch
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    private static readonly Lock s_lock = new();
    private static readonly List<WeakReference<Cork>> s_corks = [];
    private static readonly WatchPace s_pace = new(Look, static () => s_look);
    private static bool s_runs;

    /// <summary>A burst has begun, and its stamp says so.</summary>
    public static void Notice(Cork cork, bool known)
    {
        if (!known || !Volatile.Read(ref s_runs))
        {
            Add(cork, known);
        }

        s_pace.Notice();
    }

    private static void Add(Cork cork, bool known)
    {
        lock (s_lock)
        {
            if (!known)
            {
                s_corks.Add(new WeakReference<Cork>(cork));
            }

            if (!s_runs)
            {
                try
                {
                    new Thread(Run) { Name = "Sockeye cork watch", IsBackground = true }.UnsafeStart();
                    Volatile.Write(ref s_runs, true);
                }
                catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
                {
                    // The system has no thread to give now: the next burst asks again.
                }
            }
        }
    }

    private static void Run()
    {
        while (true)
        {
            s_pace.LookAndRest();
        }
    }

    /// <summary>Looks at every cork; the answer is whether there was a burst since the last look.</summary>
    private static bool Look()
    {
        List<Cork>? still = null;
        bool moved = false;
        lock (s_lock)
        {
            for (int i = s_corks.Count - 1; i >= 0; i--)
            {
                if (!s_corks[i].TryGetTarget(out var cork))
                {
                    s_corks.RemoveAt(i); // its thread has ended
                    continue;
                }

                int stamp = cork.Stamp;
                if (stamp != cork.Seen)
                {
                    (cork.Seen, moved) = (stamp, true);
                }
                else if ((stamp & 1) != 0)
                {
                    (still ??= []).Add(cork);
                }
            }
        }

        still?.ForEach(Free);
        return moved || still is not null;
    }

    private static void Free(Cork cork)
    {
        try
        {
            cork.TakeOut();
        }
        catch (Exception)
        {
            // A link that fails tells its connection itself; the others' bursts are still to be looked after.
        }
    }
}
