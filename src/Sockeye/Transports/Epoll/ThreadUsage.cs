using System.Diagnostics;

namespace Sockeye.Transports.Epoll;

/// <summary>What the kernel has counted of a thread (getrusage).</summary>
/// <param name="ProcessorTime">Time on a processor, in the units of <see cref="Stopwatch"/>.</param>
/// <param name="Waits">How often it gave the processor up by itself, to wait for something.</param>
internal readonly record struct ThreadUsage(long ProcessorTime, long Waits)
{
    /// <summary>A test's own count; what it has none for, the kernel counts.</summary>
    public static Func<ThreadUsage?>? Source { get; set; }

    /// <summary>The calling thread's, so far.</summary>
    public static unsafe ThreadUsage Now()
    {
        if (Source?.Invoke() is { } given)
        {
            return given;
        }

        Native.ResourceUsage usage = default;
        _ = Native.Usage(Native.OfThread, &usage);
        return new ThreadUsage(
            ((usage.UserSeconds + usage.SystemSeconds) * Stopwatch.Frequency) + ((usage.UserMicroseconds + usage.SystemMicroseconds) * Stopwatch.Frequency / 1_000_000),
            usage.Waits);
    }
}
