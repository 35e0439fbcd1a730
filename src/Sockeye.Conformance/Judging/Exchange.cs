using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>Makes cases of the usual kinds: frames are sent, and what the peer does must be one of the lists allowed.</summary>
internal static class Exchange
{
    /// <summary>The peer does what is expected, and then closes cleanly when asked to.</summary>
    public static Case Answered(
        string id, string sends, string reference, Frame[] frames, PeerEvent[] expected, Chop chop = default)
    {
        string allows = expected.Length == 0 ? "nothing back, then a clean close with 1000" : $"{string.Join(", then ", expected.Select(Short))}; clean close with 1000";
        return new Case(id, $"{sends}, {chop}", allows, reference, async play =>
        {
            await using var connection = await play.OpenAsync();
            var dialogue = new Dialogue(connection, play.Patience);
            await connection.SendAsync(frames, chop);
            await dialogue.CollectAsync(expected.Length);
            var close = await dialogue.CloseAsync();
            return Judged(dialogue, close, Same(dialogue.Got, expected) ? Verdict.Pass : Verdict.Fail);
        });
    }

    /// <summary>The peer fails the connection, after doing what was due before.</summary>
    /// <param name="id">The case.</param>
    /// <param name="sends">What, in words.</param>
    /// <param name="reference">Why.</param>
    /// <param name="frames">What to send.</param>
    /// <param name="codes">The close codes it may do so with.</param>
    /// <param name="before">What was due before; without it the peer is non-strict.</param>
    /// <param name="chop">How to cut it.</param>
    /// <param name="strictCode">Whether another code is a failure in itself.</param>
    public static Case Failed(
        string id, string sends, string reference, Frame[] frames, int[] codes, PeerEvent[]? before = null, Chop chop = default, bool strictCode = false)
    {
        before ??= [];
        string first = before.Length == 0 ? "nothing back" : $"{string.Join(", then ", before.Select(Short))} (nothing: non-strict)";
        string allows = $"{first}; the connection failed with {string.Join(" or ", codes)}, or dropped";
        return new Case(id, $"{sends}, {chop}", allows, reference, async play =>
        {
            await using var connection = await play.OpenAsync();
            var dialogue = new Dialogue(connection, play.Patience);
            await connection.SendAsync(frames, chop);
            var close = await dialogue.FailedByPeerAsync(codes);
            var verdict = Same(dialogue.Got, before) ? Verdict.Pass : dialogue.Got.Count == 0 ? Verdict.NonStrict : Verdict.Fail;
            bool bad = close == CloseVerdict.Fail || (strictCode && close == CloseVerdict.WrongCode);
            return Judged(dialogue, close, bad ? Verdict.Fail : verdict);
        });
    }

    /// <summary>What is sent has a close frame in it: the peer answers with one and does nothing else.</summary>
    public static Case Closed(string id, string sends, string reference, Frame[] frames, int[] codes)
    {
        string allows = $"a close frame with {string.Join(" or ", codes.Select(code => code == 1005 ? "no code" : $"{code}"))}, and nothing else";
        return new Case(id, sends, allows, reference, async play =>
        {
            await using var connection = await play.OpenAsync();
            var dialogue = new Dialogue(connection, play.Patience);
            await connection.SendAsync(frames);
            var close = await dialogue.ClosedAsync(codes);
            bool pass = dialogue.Got.Count == 0 && close is not (CloseVerdict.Fail or CloseVerdict.WrongCode);
            return Judged(dialogue, close, pass ? Verdict.Pass : Verdict.Fail);
        });
    }

    public static bool Same(IReadOnlyList<PeerEvent> got, PeerEvent[] expected) =>
        got.Count == expected.Length && got.Zip(expected).All(pair => pair.First.Matches(pair.Second));

    public static Outcome Judged(Dialogue dialogue, CloseVerdict close, Verdict verdict)
    {
        bool quiet = verdict == Verdict.Pass && close == CloseVerdict.Ok;
        return new Outcome(dialogue.Last?.Kind == PeerEventKind.Fault ? Verdict.Fail : verdict, close, quiet ? "" : $"got: {dialogue.Describe()}");
    }

    private static string Short(PeerEvent what) => $"{what.Kind.ToString().ToLowerInvariant()} of {what.Payload.Length}";
}
