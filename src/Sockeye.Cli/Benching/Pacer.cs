using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sockeye.Cli.Benching;

/// <summary>A thread that tells connections when something of theirs is due, some 0.1 ms late at most on an idle Linux machine.</summary>
internal sealed class Pacer : IDisposable
{
    private const int MaxSleepMicroseconds = 20_000; // so that it ends soon when told

    private readonly Schedule _schedule;
    private readonly Action<int> _due;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public Pacer(Schedule schedule, Action<int> due)
    {
        (_schedule, _due) = (schedule, due);
        _thread = new Thread(Run) { IsBackground = true, Name = "pacer" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        for (long number = 0; !_stopping; number++)
        {
            long due = _schedule.Due(number);
            while (!_stopping && Stopwatch.GetTimestamp() < due)
            {
                Sleep((due - Stopwatch.GetTimestamp()) * 1_000_000 / Stopwatch.Frequency);
            }

            if (!_stopping)
            {
                _due((int)(number % _schedule.Connections));
            }
        }
    }

    private static void Sleep(long microseconds)
    {
        int time = (int)Math.Clamp(microseconds, 1, MaxSleepMicroseconds);
        if (OperatingSystem.IsLinux())
        {
            _ = USleep((uint)time); // .NET's own sleep knows milliseconds only
        }
        else
        {
            Thread.Sleep(Math.Max(1, time / 1000));
        }
    }

    [DllImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int USleep(uint microseconds);
}
