namespace Sockeye.Connections;

/// <summary>How long a connection may be silent, and how long it may last. Made for connections with such limits only.</summary>
internal sealed class TimeLimits
{
    private readonly Deadlines _clock;
    private readonly TimeSpan _inactivity;
    private readonly long _end;
    private long _heardAt;
    private long _nextLook;
    private int _received;

    private TimeLimits(WebSocketOptions options, Deadlines clock)
    {
        (_clock, _inactivity, _end) = (clock, options.InactivityTimeout, clock.In(options.MaxLifetime));
        _heardAt = clock.Now;
        _nextLook = clock.In(_inactivity / 4);
    }

    /// <summary>What is to be done now.</summary>
    public enum Verdict
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>Give the peer up.</summary>
        Inactive,

        /// <summary>Close.</summary>
        Over,
    }

    /// <summary>The next time to ask <see cref="Check"/>.</summary>
    public long NextTime => Math.Min(_end, _nextLook);

    public static TimeLimits? From(WebSocketOptions options, Deadlines clock) =>
        options.InactivityTimeout < TimeSpan.Zero && options.MaxLifetime < TimeSpan.Zero ? null : new TimeLimits(options, clock);

    /// <summary>Looks at the clock.</summary>
    /// <param name="now">The time.</param>
    /// <param name="received">A count that changes with every arrival.</param>
    /// <param name="readingPaused">Whether we ourselves do not read, so that nothing could be seen.</param>
    public Verdict Check(long now, int received, bool readingPaused)
    {
        if (now >= _end)
        {
            return Verdict.Over;
        }

        if (now < _nextLook)
        {
            return Verdict.None;
        }

        if (received != _received || readingPaused)
        {
            (_received, _heardAt) = (received, now);
        }

        _nextLook = _clock.In(_inactivity / 4);
        return now - _heardAt >= _inactivity.Ticks ? Verdict.Inactive : Verdict.None;
    }
}
