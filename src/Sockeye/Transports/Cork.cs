namespace Sockeye.Transports;

/// <summary>
/// Gathers what one thread sends while it works through a burst of messages, so that each connection's share leaves in one
/// system call. Senders on other threads are not held up by it.
/// </summary>
internal sealed class Cork
{
    private const int ReleasedAtOnce = 64;

    [ThreadStatic]
    private static Cork? t_mine;

    private readonly Lock _lock = new();
    private readonly List<ICorked> _held = [];
    private int _depth;
    private int _stamp;
    private bool _open, _out, _known;

    /// <summary>The cork of the calling thread.</summary>
    public static Cork Mine => t_mine ??= new Cork();

    /// <summary>Whether what the calling thread sends now may be held back.</summary>
    public static bool IsOpen => t_mine is { _open: true };

    /// <summary>
    /// Holds a sender's bytes back until the burst is over, if the calling thread is in one. The sender calls with its own lock held,
    /// and flushes under that lock: if it is held already, what it has added before this call leaves with the rest.
    /// </summary>
    public static bool TryHold(ICorked sender) => t_mine is { _open: true } mine && (sender.IsHeld || mine.Hold(sender));

    /// <summary>
    /// Whether somebody sees to it that it is taken out when a handler does not return. Where nobody does, <see cref="CorkWatch"/> will.
    /// </summary>
    public bool IsWatched { get; set; }

    /// <summary>Odd within a burst; another number for each.</summary>
    public int Stamp => Volatile.Read(ref _stamp);

    /// <summary>The stamp that was seen last. For the watch.</summary>
    public int Seen { get; set; }

    /// <summary>Called now and then while a long burst leaves, by whichever thread lets it go.</summary>
    public Action? Released { get; set; }

    /// <summary>
    /// Told when this library begins work of its own for many connections within a handler (true), now and then while it goes on, and at its
    /// end (false): that is no slowness of the handler.
    /// </summary>
    public Action<bool>? OwnWork { get; set; }

    /// <summary>A burst begins on this thread. Bursts nest; the outermost end counts.</summary>
    public void Begin()
    {
        if (_depth++ == 0)
        {
            Open(1);
            if (!IsWatched)
            {
                CorkWatch.Notice(this, _known);
                _known = true;
            }
        }
    }

    /// <summary>The calling thread's burst is over, if it is in one, and another one begins: what was held leaves.</summary>
    public static void Renew()
    {
        if (t_mine is { _depth: > 0 } mine && (mine._open || !mine.IsWatched))
        {
            mine.Release();
            mine.Open(2);
        }
    }

    /// <summary>The burst is over: everything that was held leaves.</summary>
    public void End()
    {
        if (--_depth == 0)
        {
            try
            {
                Release();
            }
            finally
            {
                if (!IsWatched)
                {
                    Volatile.Write(ref _stamp, _stamp + 1);
                }
            }
        }
    }

    /// <summary>Lets go of everything held, and holds nothing more until it is put in again. From any thread: its own is stuck in a handler.</summary>
    public void TakeOut()
    {
        lock (_lock)
        {
            _out = true;
        }

        Release();
    }

    /// <summary>Holds again, from the next burst on.</summary>
    public void PutIn() => _out = false;

    /// <summary>Begins to hold, if it is in. Where only <see cref="CorkWatch"/> takes it out, each burst finds it in: its thread has moved on.</summary>
    private void Open(int stampBy)
    {
        lock (_lock)
        {
            _out &= IsWatched;
            _open = !_out;
        }

        if (!IsWatched)
        {
            Volatile.Write(ref _stamp, _stamp + stampBy);
        }
    }

    private void Release()
    {
        for (int released = 1; ; released++)
        {
            ICorked sender;
            lock (_lock)
            {
                _open = false;
                if (_held.Count == 0)
                {
                    return;
                }

                sender = _held[^1];
                _held.RemoveAt(_held.Count - 1);
                sender.IsHeld = false;
                (_held.Count > 0 ? _held[^1] : sender).Prefetch();
            }

            sender.Flush();
            if (released % ReleasedAtOnce == 0)
            {
                Released?.Invoke();
            }
        }
    }

    private bool Hold(ICorked sender)
    {
        lock (_lock)
        {
            if (_open && !sender.IsHeld)
            {
                sender.IsHeld = true;
                _held.Add(sender);
            }

            return _open;
        }
    }
}
