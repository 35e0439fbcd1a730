using System.Diagnostics;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>
/// Sends messages one by one, each after the echo of the one before, and closes. A slow peer that keeps the pace is spared the rest after a time:
/// what it does right so often it does right.
/// </summary>
internal static class PingPong
{
    private const int FewestMessages = 100;

    /// <param name="play">The run.</param>
    /// <param name="connection">Where to.</param>
    /// <param name="count">How many.</param>
    /// <param name="seconds">How long all may take.</param>
    /// <param name="message">The frames of the n-th, and the echo of it.</param>
    public static async Task<Outcome> RunAsync(
        Play play, RawConnection connection, int count, int seconds, Func<int, (Frame[] Frames, PeerEvent Echo)> message)
    {
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        for (; done < count && !IsEnough(done, count, seconds, Stopwatch.GetElapsedTime(start), play.Enough); done++)
        {
            var (frames, echo) = message(done);
            var sending = connection.SendAsync(frames);
            var rest = TimeSpan.FromSeconds(seconds) - Stopwatch.GetElapsedTime(start);
            var got = await connection.NextAsync(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
            if (!got.Matches(echo))
            {
                return Outcome.Failed($"message {done + 1} of {count}: {got} where {echo} was due");
            }

            await sending;
        }

        var dialogue = new Dialogue(connection, play.Patience);
        var close = await dialogue.CloseAsync();
        var outcome = Exchange.Judged(dialogue, close, dialogue.Got.Count == 0 ? Verdict.Pass : Verdict.Fail);
        return done == count ? outcome : outcome with { Detail = $"{outcome.Detail}{(outcome.Detail.Length > 0 ? "; " : "")}the first {done} of {count} messages" };
    }

    /// <summary>Whether all would be done in the time allowed, at the pace of those that are.</summary>
    internal static bool IsEnough(int done, int count, int seconds, TimeSpan elapsed, TimeSpan enough) =>
        elapsed > enough && done >= FewestMessages && elapsed.TotalSeconds * count <= (double)seconds * done;
}
