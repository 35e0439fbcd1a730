using System.Diagnostics;

namespace Sockeye.Conformance.Judging;

/// <summary>Plays cases with a peer and says what it makes of them.</summary>
public static class Judge
{
    // Past the time of any case that its own clocks end.
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    private const int HeavyWidth = 3;

    /// <summary>Judges a server that echoes. Small cases run side by side, heavy ones beside them by threes.</summary>
    /// <param name="url">Where it is: ws or wss.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="settings">How.</param>
    /// <param name="done">Called after each case, from any thread.</param>
    /// <param name="stop">Ends the run early; cases not played have no result.</param>
    /// <returns>The results, in the order of the cases.</returns>
    public static async Task<IReadOnlyList<CaseResult>> ServerAsync(
        Uri url, IReadOnlyList<Case> cases, JudgeSettings settings, Action<CaseResult>? done = null, CancellationToken stop = default)
    {
        var results = new CaseResult?[cases.Count];
        var peer = new ServerPeer(url, settings.AcceptsAnyCertificate);
        async Task LaneAsync(bool heavy, int width)
        {
            int[] mine = [.. Enumerable.Range(0, cases.Count).Where(i => (cases[i].IsHeavy || cases[i].IsBusy) == heavy)];
            var options = new ParallelOptions { MaxDegreeOfParallelism = width };
            await Parallel.ForEachAsync(mine, options, async (i, _) =>
            {
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                var result = await PlayAsync(cases[i], peer, settings, stop);
                if (!stop.IsCancellationRequested)
                {
                    results[i] = result;
                    done?.Invoke(result);
                }
            });
        }

        await Task.WhenAll(LaneAsync(false, settings.Parallel), LaneAsync(true, HeavyWidth));
        return [.. results.OfType<CaseResult>()];
    }

    /// <summary>Plays one case.</summary>
    internal static async Task<CaseResult> PlayAsync(Case @case, Peer peer, JudgeSettings settings, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_longest);
        var play = new Play(peer, settings, limit.Token);
        long start = Stopwatch.GetTimestamp();
        Outcome outcome;
        try
        {
            outcome = await @case.Script(play).WaitAsync(limit.Token);
        }
        catch (OpeningException e)
        {
            outcome = Outcome.Failed(e.Message);
        }
        catch (OperationCanceledException)
        {
            outcome = Outcome.Failed("not done in time");
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            outcome = Outcome.Failed(e.Message);
        }

        return new CaseResult(@case, outcome.Verdict, outcome.Close, outcome.Detail, Stopwatch.GetElapsedTime(start), play.Transcript.Lines());
    }
}
