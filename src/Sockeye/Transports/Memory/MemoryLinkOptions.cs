namespace Sockeye.Transports.Memory;

/// <summary>How a memory link behaves.</summary>
internal sealed record MemoryLinkOptions
{
    /// <summary>Bytes on their way to this end before the other end can write no more at once.</summary>
    public int Capacity { get; init; } = 64 * 1024;

    /// <summary>How many of the available bytes the next read hands over; all of them if null.</summary>
    public Func<int, int>? Cut { get; init; }

    /// <summary>What happens at the n-th read of this end (from 0).</summary>
    public Func<int, MemoryFault>? OnRead { get; init; }

    /// <summary>What happens at the n-th write of this end (from 0).</summary>
    public Func<int, MemoryFault>? OnWrite { get; init; }

    /// <summary>Whether this end says that its reading thread may be held up.</summary>
    public bool ResumesInline { get; init; }

    /// <summary>Runs the link's work: on the thread pool if null, or step by step where a test decides.</summary>
    public Action<Action>? Post { get; init; }
}
