namespace Sockeye.Transports.Epoll;

/// <summary>What a loop watches: a link, or a listening socket. All of it is called on the loop's thread.</summary>
internal interface IEpollSource
{
    /// <summary>The descriptor is ready for what the flags say.</summary>
    void OnReady(uint events, Span<byte> buffer);

    /// <summary>One of the other calls threw: what is behind the source is broken, and the loop goes on without it.</summary>
    void OnFailed(Exception error);

    /// <summary>Work that was posted for this source.</summary>
    void OnPosted();
}
