using Microsoft.Extensions.Logging;
using Sockeye.Protocol.Frames;

namespace Sockeye;

/// <summary>What holds for a connection of either role. The defaults are safe; each is tested.</summary>
/// <remarks>
/// They are copied when a server is made, a connection is opened or a link is taken over: what is changed later holds for what comes later. Lists, and
/// <see cref="Compression"/>, are not copied: leave them as they are.
/// </remarks>
public class WebSocketOptions
{
    private MessageLimits? _limits;

    /// <summary>The longest message that is accepted, in bytes of payload, after any decompression; 1 MiB by default. Longer ones close with 1009.</summary>
    public long MaxMessageBytes { get; set; } = 1 << 20;

    /// <summary>The longest frame that is accepted, in bytes of payload; by default only the message counts.</summary>
    public long MaxFrameBytes { get; set; } = long.MaxValue;

    /// <summary>The most frames that one message may have; 1,024 by default. More close with 1008.</summary>
    public int MaxFragments { get; set; } = 1024;

    /// <summary>How messages are compressed where the peer agrees; null, the default, for not at all.</summary>
    public CompressionOptions? Compression { get; set; }

    /// <summary>The time between two pings; 20 s by default, <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The time a ping may stay unanswered while nothing else arrives either; 20 s by default. Then the connection ends with 1006.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The time an orderly close may take; 5 s by default. Then the link is cut.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The mark under which the unsent bytes of a connection stay; 1 MiB by default. A larger message goes alone, uncopied.</summary>
    public long SendBacklogBytes { get; set; } = 1 << 20;

    /// <summary>What happens to a message that does not fit the backlog.</summary>
    public SlowPeerPolicy SlowPeer { get; set; } = SlowPeerPolicy.Wait;

    /// <summary>The time in which the peer has to take something of what is sent; 30 s by default. Then the connection ends with 1006.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Complete messages that are read before the application asks for them, in bytes; 64 KiB by default. Beyond it reading pauses,
    /// and so does the keep-alive's deadline, since an answer could not be seen.
    /// </summary>
    public long ReadAheadBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// The time in which something has to arrive from the peer, an answer to a ping or any other byte; none by default. It ends with 1006 after that, or
    /// up to a quarter later. For dialects without pings; where there are pings, the keep-alive finds dead peers sooner, and its pongs count here.
    /// </summary>
    public TimeSpan InactivityTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>The time a connection may last, whatever it does; without limit by default. It is then closed with 1001.</summary>
    public TimeSpan MaxLifetime { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Has pings, pongs and the peer's close frame received like messages, in the order of their arrival, with their payload as bytes. The close frame
    /// is a <see cref="MessageType.Close"/>, at which <c>await foreach</c> ends without showing it; the next receive is the news of the end. They are answered as always. Off by default; a <c>WebSocketHandler</c> does not see them so.
    /// </summary>
    public bool ReceiveControlFrames { get; set; }

    /// <summary>Where events are logged; nowhere by default.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock of all timeouts.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The limits of messages: one object for all connections of the same settings.</summary>
    internal MessageLimits ToLimits()
    {
        var limits = _limits;
        int? ratio = Compression?.MaxExpansionRatio;
        return limits is not null && limits.MaxMessageBytes == MaxMessageBytes && limits.MaxFrameBytes == MaxFrameBytes
            && limits.MaxFragments == MaxFragments && limits.MaxExpansionRatio == ratio
            ? limits
            : _limits = new MessageLimits(MaxMessageBytes, MaxFrameBytes, MaxFragments, ratio);
    }

    /// <summary>
    /// Checks them and takes a copy of one's own: whoever changes theirs afterwards does not change a connection under way. Lists and what else
    /// is an object of its own stay the caller's.
    /// </summary>
    internal static T Take<T>(T options)
        where T : WebSocketOptions
    {
        options.Validate();
        options.ToLimits(); // the copies share them
        return (T)options.MemberwiseClone();
    }

    internal virtual void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessageBytes, 1, nameof(MaxMessageBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxMessageBytes, Array.MaxLength, nameof(MaxMessageBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFrameBytes, 1, nameof(MaxFrameBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFragments, 1, nameof(MaxFragments));
        ArgumentOutOfRangeException.ThrowIfLessThan(SendBacklogBytes, 1, nameof(SendBacklogBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadAheadBytes, 0, nameof(ReadAheadBytes));
        Compression?.Validate();
        CheckTime(KeepAliveInterval, nameof(KeepAliveInterval));
        CheckTime(KeepAliveTimeout, nameof(KeepAliveTimeout));
        CheckTime(SendTimeout, nameof(SendTimeout));
        CheckTime(InactivityTimeout, nameof(InactivityTimeout));
        CheckTime(MaxLifetime, nameof(MaxLifetime));
        CheckTime(CloseTimeout, nameof(CloseTimeout));
        ArgumentNullException.ThrowIfNull(TimeProvider);
        if (CloseTimeout == Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(CloseTimeout), "A close always finishes: give CloseTimeout a finite time.");
        }
    }

    internal static void CheckTime(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, "The time must be positive, or Timeout.InfiniteTimeSpan for none.");
        }

        if (value.TotalMilliseconds > int.MaxValue)
        {
            // More than timers can count.
            throw new ArgumentOutOfRangeException(name, value, "The time must be at most 24 days, or Timeout.InfiniteTimeSpan for none.");
        }
    }
}
