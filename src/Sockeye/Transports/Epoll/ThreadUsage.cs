using System.Diagnostics;
using System.Globalization;

namespace Sockeye.Transports.Epoll;

/// <summary>What the kernel knows of a thread: tells a handler that takes its time from one whose processor is somebody else's for now.</summary>
/// <param name="ProcessorTime">Time on a processor, in the units of <see cref="Stopwatch"/>.</param>
/// <param name="Waits">How often it gave the processor up by itself, to wait for something.</param>
internal readonly record struct ThreadUsage(long ProcessorTime, long Waits)
{
    /// <summary>A test's own count of a thread, which counts as ready to run; what it has none for, the kernel counts.</summary>
    public static Func<int, ThreadUsage?>? Source { get; set; }

    /// <summary>The calling thread's, so far.</summary>
    /// <param name="thread">Its number.</param>
    public static unsafe ThreadUsage OfCaller(int thread)
    {
        if (Source?.Invoke(thread) is { } given)
        {
            return given;
        }

        Native.ResourceUsage usage = default;
        _ = Native.Usage(Native.OfThread, &usage);
        return new ThreadUsage(
            ((usage.UserSeconds + usage.SystemSeconds) * Stopwatch.Frequency) + ((usage.UserMicroseconds + usage.SystemMicroseconds) * Stopwatch.Frequency / 1_000_000),
            usage.Waits);
    }

    /// <summary>How long a thread had a processor, so far, in the units of <see cref="Stopwatch"/>; null if that is not to be known.</summary>
    public static unsafe long? ProcessorTimeOf(int thread)
    {
        if (Source?.Invoke(thread) is { } given)
        {
            return given.ProcessorTime;
        }

        Native.Time time = default;
        return thread != 0 && Native.ReadClock((~thread << 3) | Native.ThreadProcessorClock, &time) == 0
            ? (time.Seconds * Stopwatch.Frequency) + (time.Nanoseconds * Stopwatch.Frequency / 1_000_000_000)
            : null;
    }

    /// <summary>The kernel's number of the calling thread; 0 if that is not to be known.</summary>
    public static int NumberOfCaller()
    {
        try
        {
            // By the file system: the C library has a function for it only since 2019.
            string? name = new FileInfo("/proc/thread-self").LinkTarget;
            return name is not null && int.TryParse(Path.GetFileName(name), CultureInfo.InvariantCulture, out int number) ? number : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Whether a thread runs or would, if it had a processor: it waits for nothing else (proc(5), state R).</summary>
    public static bool IsRunnable(int thread)
    {
        if (Source?.Invoke(thread) is not null)
        {
            return true;
        }

        try
        {
            using var file = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/stat"));
            Span<byte> stat = stackalloc byte[128];
            stat = stat[..RandomAccess.Read(file, stat, 0)];
            int state = stat.LastIndexOf((byte)')') + 2; // behind the name, which may hold anything
            return state < stat.Length && stat[state] == 'R';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended, or this is not to be known here
        }
    }
}
