using System.Collections.Concurrent;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>Cases that try many values, each on a connection of its own, and fail with the first few that go wrong.</summary>
internal static class Loops
{
    private const int Width = 16;
    private const int MaxFaults = 8;

    /// <summary>Tries each value; the attempt says what was wrong, or null.</summary>
    public static async Task<Outcome> EachAsync<T>(Play play, IEnumerable<T> values, Func<T, Task<string?>> attempt)
    {
        var faults = new ConcurrentQueue<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Width, CancellationToken = play.Stop };
        await Parallel.ForEachAsync(values, options, async (value, _) =>
        {
            // A peer that has gone wrong so often is not waited for again.
            if (faults.Count < MaxFaults && await AttemptAsync(value, attempt) is { } fault)
            {
                faults.Enqueue(fault);
            }
        });
        return faults.IsEmpty ? Outcome.Passed : Outcome.Failed(string.Join("; ", faults.Take(MaxFaults)));
    }

    /// <summary>Sends frames on a connection of their own; says what was wrong with a peer that had to fail it.</summary>
    public static async Task<string?> MustFailAsync(Play play, string name, Frame[] frames, params int[] codes)
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(frames);
        var close = await dialogue.FailedByPeerAsync(codes);
        return close == CloseVerdict.Ok && dialogue.Got.Count == 0 ? null : $"{name}: {dialogue.Describe()}";
    }

    private static async Task<string?> AttemptAsync<T>(T value, Func<T, Task<string?>> attempt)
    {
        try
        {
            return await attempt(value);
        }
        catch (OpeningException e)
        {
            return $"{value}: {e.Message}";
        }
    }
}
