namespace Sockeye.Transports.Epoll;

/// <summary>The loops of one server.</summary>
internal sealed class EpollGroup : IDisposable
{
    private readonly EpollLoop[] _loops;

    public EpollGroup(int loops) => _loops = [.. Enumerable.Range(0, loops).Select(i => new EpollLoop($"Sockeye loop {i}"))];

    /// <summary>Whether this machine has it.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>The loop with the fewest descriptors: few connections are spread evenly, and many too.</summary>
    public EpollLoop Next()
    {
        var best = _loops[0];
        foreach (var loop in _loops)
        {
            best = loop.Sources < best.Sources ? loop : best;
        }

        return best;
    }

    /// <summary>Ends the loops, each when its last descriptor has left.</summary>
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.EndWhenEmpty();
        }
    }
}
