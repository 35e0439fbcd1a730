using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>U.*: one wrong octet at every position of a text whose end does not come, and every start of a sequence.</summary>
internal static class SectionUFailFast
{
    private const string Reference = "RFC 6455 §8.1, §5.6; RFC 3629 §4";

    public static IEnumerable<Case> All()
    {
        yield return Positions("U.1.1", "ff at each position of an unfinished frame of 300 octets", 0xff, inFragments: false);
        yield return Positions("U.1.2", "c0 at each position of an unfinished frame of 300 octets", 0xc0, inFragments: false);
        yield return Positions("U.1.3", "ff at each position of an unfinished message of 300 octets in fragments of 10", 0xff, inFragments: true);
        string[] bad = ["80", "c0", "c1", "e080", "e09f", "eda0", "edbf", "f080", "f08f", "f490", "f5", "f8", "fc", "fe", "ff", "c220", "e0a041", "f0908041", "e18080c3ff"];
        for (int i = 0; i < bad.Length; i++)
        {
            byte[] bytes = Convert.FromHexString(bad[i]);
            yield return Early($"U.2.{i + 1}", bad[i], [.. "start "u8, .. bytes]);
        }

        byte[] middle = [0xf0, 0x9f, 0x90, 0x9f];
        for (int cut = 1; cut < 4; cut++)
        {
            Frame[] frames = [new Frame(Opcodes.Text, middle[..cut]) { Fin = false }, Frame.Ping("between"), new Frame(Opcodes.Continuation, middle[cut..])];
            yield return Exchange.Answered(
                $"U.3.{cut}", $"a character of four octets, cut after {cut}, with a ping between", Reference, frames, [PeerEvent.Pong("between"), PeerEvent.Text(middle)]);
            yield return Exchange.Failed($"U.3.{cut + 3}", $"a text that ends {4 - cut} octets before its character does", Reference, [new Frame(Opcodes.Text, middle[..cut])], [1007]);
        }

        yield return Exchange.Answered(
            "U.4.1", "octets that are not UTF-8, as a binary message", "RFC 6455 §5.6", [new Frame(Opcodes.Binary, [0xff, 0xfe, 0xc0])], [PeerEvent.Binary([0xff, 0xfe, 0xc0])]);
    }

    private static Case Early(string id, string hex, byte[] payload) => new(
        id, $"an unfinished fragment with {hex} in it", "failed with 1007 or dropped at once; waiting for the end: non-strict", Reference, async play =>
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(new Frame(Opcodes.Text, payload) { Fin = false });
        bool early = await dialogue.UntilEndAsync(TimeSpan.FromSeconds(Math.Min(2, play.Patience.TotalSeconds)));
        if (!early)
        {
            await connection.SendAsync(new Frame(Opcodes.Continuation, []));
        }

        var close = await dialogue.FailedByPeerAsync(1007);
        return Exchange.Judged(dialogue, close, close == CloseVerdict.Fail ? Verdict.Fail : early ? Verdict.Pass : Verdict.NonStrict);
    });

    private static Case Positions(string id, string sends, byte wrong, bool inFragments) => new(
        id, sends, "each failed with 1007 or dropped before the message ends; waiting for the end: non-strict", Reference, async play =>
    {
        bool late = false;
        int stride = play.Stride(29);
        var outcome = await Loops.EachAsync(play, Enumerable.Range(0, 300).Where(at => at % stride == 0), async at =>
        {
            byte[] text = new byte[300];
            text.AsSpan().Fill((byte)'a');
            text[at] = wrong;
            await using var connection = await play.OpenAsync();
            var dialogue = new Dialogue(connection, play.Patience);
            byte[] seen = text[..(at + 1)];
            Frame[] frames = inFragments
                ? [.. Frame.Cut(Opcodes.Text, seen, 10).Select(frame => frame with { Fin = false })]
                : [new Frame(Opcodes.Text, seen) { Declared = 300, LengthBytes = 2 }];
            await connection.SendAsync(frames);
            bool early = !late && await dialogue.UntilEndAsync(TimeSpan.FromSeconds(Math.Min(2, play.Patience.TotalSeconds)));
            if (!early)
            {
                late = true;
                await connection.SendAsync(inFragments ? [new Frame(Opcodes.Continuation, text[(at + 1)..])] : []);
                // The rest of the frame, whatever the mask makes of it: the text is wrong already.
                await connection.SendBytesAsync(inFragments ? default : text.AsMemory(at + 1));
            }

            return await dialogue.FailedByPeerAsync(1007) == CloseVerdict.Ok && dialogue.Got.Count == 0 ? null : $"at {at}: {dialogue.Describe()}";
        });
        return outcome.Verdict == Verdict.Pass && late ? new Outcome(Verdict.NonStrict, CloseVerdict.Ok, "seen only at the end") : outcome;
    })
    { Sides = CaseSides.Server, IsBusy = true };
}
