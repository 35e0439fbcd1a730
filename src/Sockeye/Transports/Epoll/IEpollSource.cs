namespace Sockeye.Transports.Epoll;

/// <summary>What a loop watches: a link, or a listening socket. The loop's worker calls, one call at a time.</summary>
internal interface IEpollSource
{
    /// <summary>Who this is, for the log.</summary>
    string Name { get; }

    /// <summary>The descriptor is ready for what the flags say.</summary>
    void OnReady(uint events, EpollWorker worker);

    /// <summary>It will be called soon: has the processor fetch what it needs.</summary>
    /// <param name="before">How many others are called before it: 2, then 1, then 0.</param>
    void Prefetch(int before)
    {
    }

    /// <summary>One of the other calls threw: what is behind the source is broken, and the loop goes on without it.</summary>
    void OnFailed(Exception error);

    /// <summary>Work that was posted for this source.</summary>
    void OnPosted();

    /// <summary>A call of this source does not return, and the loop goes on without it: no further call until <see cref="Release"/>.</summary>
    /// <returns>The number of this hold, for the release.</returns>
    int Hold();

    /// <summary>The call returned. Does nothing if that hold is over already.</summary>
    void Release(int hold);

    /// <summary>Whether one of its last calls was slow: then the next ones are looked at more closely.</summary>
    bool WasSlow { get; }

    /// <summary>A call returned in the loop; slow if everybody else there felt it, without what moving bytes took.</summary>
    void OnTurn(bool slow);
}
