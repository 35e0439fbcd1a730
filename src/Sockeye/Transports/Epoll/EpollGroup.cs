using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using Microsoft.Extensions.Logging;
using Sockeye.Diagnostics;

namespace Sockeye.Transports.Epoll;

/// <summary>The loops of one server, the threads that serve them, and those that got stuck.</summary>
internal sealed class EpollGroup : IDisposable
{
    /// <summary>Threads stuck in handlers at a time; with more of them a loop waits like everybody else's.</summary>
    private const int MaxStuck = 64;

    /// <summary>Threads kept for the next time.</summary>
    private const int MaxSpares = 2;

    /// <summary>Shorter blocks are no news: a machine that is busy does as much.</summary>
    private static readonly TimeSpan s_warnAfter = TimeSpan.FromMilliseconds(50);

    private readonly EpollLoop[] _loops;
    private readonly EpollSupervisor _supervisor;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Stack<EpollWorker> _spares = new();
    private readonly ConcurrentDictionary<EpollWorker, Block> _stuck = new();
    private bool _ended, _saidFull;

    /// <param name="loops">How many threads.</param>
    /// <param name="dispatch">Where the application's code runs.</param>
    /// <param name="logger">Is told who blocks a loop.</param>
    /// <param name="name">What its threads are called.</param>
    public EpollGroup(int loops, HandlerDispatch dispatch, ILogger logger, string name = "Sockeye loop")
    {
        (Dispatch, _logger) = (dispatch, logger);
        _loops = MakeLoops(loops, name);
        _supervisor = new EpollSupervisor(this, _loops);
        foreach (var loop in _loops)
        {
            loop.Start(this, new EpollWorker(this, loop.Name));
        }

        _supervisor.Start();
    }

    private static EpollLoop[] MakeLoops(int count, string name)
    {
        var loops = new EpollLoop[count];
        for (int i = 0; i < count; i++)
        {
            try
            {
                loops[i] = new EpollLoop($"{name} {i}");
            }
            catch (IOException)
            {
                foreach (var made in loops[..i])
                {
                    made.Abandon();
                }

                throw;
            }
        }

        return loops;
    }

    /// <summary>Whether this machine has it.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Where the application's code runs.</summary>
    public HandlerDispatch Dispatch { get; }

    /// <summary>Threads that are stuck in a handler now.</summary>
    public int Stuck => _stuck.Count;

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

    /// <summary>A loop has ended, and it shows.</summary>
    public void LoopEnded() => _supervisor.LoopEnded();

    /// <summary>A worker has entered a call, and its stamp says so.</summary>
    public void Notice() => _supervisor.Notice();

    /// <summary>Takes a loop from a worker that is stuck and gives it to another one.</summary>
    public bool TakeOver(EpollLoop loop, EpollWorker stuck, long stamp, TimeSpan since)
    {
        // Before anything is taken: the system may have no more threads.
        if (_stuck.Count >= MaxStuck || !TryGetWorker(loop, out var next))
        {
            stuck.LetGo();
            SayFull();
            return false;
        }

        if (!stuck.TryTake(stamp, out var held))
        {
            GiveBack(next);
            return false;
        }

        _saidFull = false;
        var block = new Block(stuck.CalledName, Stopwatch.GetTimestamp() - (long)(since.TotalSeconds * Stopwatch.Frequency));
        _stuck[stuck] = block;
        stuck.Settle(held);
        loop.HandTo(next);
        Log.LoopTaken(_logger, block.Name, (long)since.TotalMilliseconds);
        return true;
    }

    private void SayFull()
    {
        if (!_saidFull)
        {
            Log.TooManyStuck(_logger, _stuck.Count);
        }

        _saidFull = true;
    }

    private bool TryGetWorker(EpollLoop loop, [NotNullWhen(true)] out EpollWorker? worker)
    {
        lock (_lock)
        {
            if (_spares.TryPop(out worker))
            {
                return true;
            }
        }

        try
        {
            worker = new EpollWorker(this, loop.Name);
            return true;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
    }

    private void GiveBack(EpollWorker worker)
    {
        if (!Park(worker))
        {
            worker.Start(null);
        }
    }

    /// <summary>Warns of handlers that have not returned for a while; the answer is whether there are some that may come to that.</summary>
    public bool WarnOfBlocks()
    {
        bool more = false;
        foreach (var (_, block) in _stuck)
        {
            if (!block.IsTold && block.Age >= s_warnAfter && !block.IsCompiling)
            {
                block.IsTold = true;
                Log.HandlerBlocks(_logger, block.Name, (long)block.Age.TotalMilliseconds);
            }

            more |= !block.IsTold;
        }

        return more;
    }

    /// <summary>A stuck worker has come back.</summary>
    public void Returned(EpollWorker worker)
    {
        if (_stuck.TryRemove(worker, out var block))
        {
            Log.StuckReturned(_logger, block.IsTold ? LogLevel.Warning : LogLevel.Debug, block.Name, (long)block.Age.TotalMilliseconds);
        }
    }

    /// <summary>A source's handlers have been slow too often.</summary>
    public void MovedToPool(IEpollSource source) => Log.MovedToPool(_logger, source.Name);

    /// <summary>Keeps a worker for the next time; false if there are enough.</summary>
    public bool Park(EpollWorker worker)
    {
        lock (_lock)
        {
            if (_ended || _spares.Count >= MaxSpares)
            {
                return false;
            }

            _spares.Push(worker);
            return true;
        }
    }

    /// <summary>Ends the loops, each when its last descriptor has left.</summary>
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.EndWhenEmpty();
        }

        _supervisor.End();
        lock (_lock)
        {
            _ended = true;
            while (_spares.TryPop(out var spare))
            {
                spare.Start(null);
            }
        }
    }

    /// <summary>A handler that did not return in time.</summary>
    private sealed class Block(string name, long since)
    {
        private readonly TimeSpan _compiled = JitInfo.GetCompilationTime() - Stopwatch.GetElapsedTime(since) / 2;

        public string Name => name;

        public TimeSpan Age => Stopwatch.GetElapsedTime(since);

        /// <summary>Whether compiling took most of the time, as at a handler's first call: no fault of the handler.</summary>
        public bool IsCompiling => JitInfo.GetCompilationTime() - _compiled > Age / 2;

        public bool IsTold { get; set; }
    }
}
