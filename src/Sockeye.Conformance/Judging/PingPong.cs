using System.Diagnostics;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>Sends messages one by one, each after the echo of the one before, and closes.</summary>
internal static class PingPong
{
    /// <param name="play">The run.</param>
    /// <param name="connection">Where to.</param>
    /// <param name="count">How many.</param>
    /// <param name="seconds">How long all may take.</param>
    /// <param name="message">The frames of the n-th, and the echo of it.</param>
    public static async Task<Outcome> RunAsync(
        Play play, RawConnection connection, int count, int seconds, Func<int, (Frame[] Frames, PeerEvent Echo)> message)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            var (frames, echo) = message(i);
            var sending = connection.SendAsync(frames);
            var rest = TimeSpan.FromSeconds(seconds) - Stopwatch.GetElapsedTime(start);
            var got = await connection.NextAsync(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
            if (!got.Matches(echo))
            {
                return Outcome.Failed($"message {i + 1} of {count}: {got} where {echo} was due");
            }

            await sending;
        }

        var dialogue = new Dialogue(connection, play.Patience);
        var close = await dialogue.CloseAsync();
        return Exchange.Judged(dialogue, close, dialogue.Got.Count == 0 ? Verdict.Pass : Verdict.Fail);
    }
}
