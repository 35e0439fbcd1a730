using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>Waits for what is under way at the end of a run.</summary>
internal static class Draining
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static async Task UntilAsync(Func<bool> done, CancellationToken hurry)
    {
        long start = Stopwatch.GetTimestamp();
        while (!done() && Stopwatch.GetElapsedTime(start) < s_patience && !hurry.IsCancellationRequested)
        {
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
