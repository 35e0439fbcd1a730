using System.Diagnostics;

namespace Sockeye.Transports.Epoll;

/// <summary>
/// Watches the loops of a group: one whose worker stays in one call from one look to the next goes on with another worker. It looks more
/// often for a while after it found one, since trouble comes in numbers, and sleeps while nothing moves.
/// </summary>
internal sealed class EpollSupervisor
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_quickLook = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_quickFor = TimeSpan.FromSeconds(1);

    private static readonly long s_spun = Stopwatch.Frequency / 200;

    private readonly EpollGroup _group;
    private readonly IReadOnlyList<EpollLoop> _loops;
    private readonly (EpollWorker? Worker, long Stamp, long Since, long? ProcessorTime)[] _seen;
    private readonly WatchPace _pace;
    private long _quickUntil;
    private bool _ended;

    public EpollSupervisor(EpollGroup group, IReadOnlyList<EpollLoop> loops)
    {
        (_group, _loops) = (group, loops);
        _seen = new (EpollWorker?, long, long, long?)[loops.Count];
        _pace = new WatchPace(Look, () => Stopwatch.GetTimestamp() < _quickUntil ? s_quickLook : s_look);
    }

    public void Start() => new Thread(Run) { Name = "Sockeye supervisor", IsBackground = true }.UnsafeStart();

    /// <summary>A worker has entered a call, and its stamp says so.</summary>
    public void Notice() => _pace.Notice();

    /// <summary>A loop has ended: the last one is the end.</summary>
    public void LoopEnded() => _pace.Wake();

    /// <summary>Watches until the loops have ended.</summary>
    public void End()
    {
        Volatile.Write(ref _ended, true);
        _pace.Wake();
    }

    private void Run()
    {
        while (!Volatile.Read(ref _ended) || _loops.Any(loop => !loop.HasEnded))
        {
            _pace.LookAndRest();
        }
    }

    /// <summary>Looks at every loop; the answer is whether anything moved, or is stuck.</summary>
    private bool Look()
    {
        bool moved = _group.WarnOfBlocks();
        for (int i = 0; i < _loops.Count; i++)
        {
            var worker = _loops[i].Worker;
            long stamp = worker.Stamp;
            bool inside = (stamp & 1) != 0;
            if (_seen[i].Worker != worker || _seen[i].Stamp != stamp)
            {
                _seen[i] = (worker, stamp, Stopwatch.GetTimestamp(), inside ? ThreadUsage.ProcessorTimeOf(worker.ThreadId) : null);
                moved = true;
            }
            else if (inside)
            {
                moved = true;
                if (!IsKeptWaiting(worker, _seen[i].Since, _seen[i].ProcessorTime)
                    && _group.TakeOver(_loops[i], worker, stamp, Stopwatch.GetElapsedTime(_seen[i].Since)))
                {
                    _quickUntil = Stopwatch.GetTimestamp() + (long)(s_quickFor.TotalSeconds * Stopwatch.Frequency);
                }
            }
        }

        return moved;
    }

    /// <summary>
    /// Whether a worker stands still because its processor is somebody else's for now. Another thread would have to wait for one as well; and
    /// a handler that spins is found all the same, as soon as it has spun for so long.
    /// </summary>
    private static bool IsKeptWaiting(EpollWorker worker, long since, long? processorTime) =>
        ThreadUsage.ProcessorTimeOf(worker.ThreadId) - processorTime is { } worked
            && worked < Math.Min(s_spun, (Stopwatch.GetTimestamp() - since) / 2)
            && ThreadUsage.IsRunnable(worker.ThreadId);
}
