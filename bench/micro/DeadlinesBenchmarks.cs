using BenchmarkDotNet.Attributes;
using Sockeye.Connections;

namespace Sockeye.Micro;

/// <summary>What a connection's deadline costs among those of others.</summary>
[MemoryDiagnoser]
public class DeadlinesBenchmarks
{
    private static readonly Random s_random = new(1);

    private readonly Idle _mine = new();
    private TimerWheel _wheel = null!;
    private long _now;

    [Params(0, 1000, 1_000_000)]
    public int Others { get; set; }

    [GlobalSetup]
    public void Enter()
    {
        _wheel = new TimerWheel(_now);
        for (int i = 0; i < Others; i++)
        {
            _wheel.Enter(new Idle(), s_random.Next(20_000));
        }
    }

    [Benchmark]
    public void EnterAndRemove()
    {
        _wheel.Enter(_mine, _now + 5000);
        _wheel.Remove(_mine);
    }

    /// <summary>A millisecond of keep-alives every 20 seconds, all that they move between the wheels included.</summary>
    [Benchmark]
    public int Millisecond()
    {
        int count = 0;
        _now++;
        bool unfinished;
        do
        {
            while (_wheel.Take(_now, out unfinished) is { } deadline)
            {
                _wheel.Enter(deadline, _now + 20_000);
                count++;
            }
        }
        while (unfinished);

        return count;
    }

    private sealed class Idle : Deadline
    {
        public override long OnDeadline(long now) => Deadlines.Never;

        public override void OnFailed(Exception reason)
        {
        }
    }
}
