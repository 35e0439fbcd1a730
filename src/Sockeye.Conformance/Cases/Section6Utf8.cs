using System.Text;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>6.*: texts that are UTF-8, and those that are not.</summary>
internal static class Section6Utf8
{
    private const string Reference = "RFC 6455 §5.6, §8.1; RFC 3629";

    // A Greek word, and the same with what no UTF-8 has: an encoded surrogate.
    private static readonly byte[] s_word = Convert.FromHexString("cebae1bdb9cf83cebcceb5");
    private static readonly byte[] s_surrogate = [.. s_word, 0xed, 0xa0, 0x80, .. "edited"u8];
    private static readonly byte[] s_accents = Encoding.UTF8.GetBytes("Hello-µ@ßöäüàá-UTF-8!!");

    public static IEnumerable<Case> All() => [.. Fragments(), .. FailFast(), .. Samples()];

    private static IEnumerable<Case> Fragments()
    {
        byte[] middle = "middle"u8.ToArray();
        yield return Echo("6.1.1", "an empty text", [new Frame(Opcodes.Text, [])], []);
        yield return Echo("6.1.2", "a text in three empty fragments", Three([], [], []), []);
        yield return Echo("6.1.3", "a text in three fragments, only the middle one not empty", Three([], middle, []), middle);
        yield return Echo("6.2.1", "a text with accented letters", [new Frame(Opcodes.Text, s_accents)], s_accents);
        yield return Echo("6.2.2", "the same, split between two characters", Frame.Cut(Opcodes.Text, s_accents, 12), s_accents);
        yield return Echo("6.2.3", "the same, a frame per octet", Frame.Cut(Opcodes.Text, s_accents, 1), s_accents);
        yield return Echo("6.2.4", "a Greek word, a frame per octet", Frame.Cut(Opcodes.Text, s_word, 1), s_word);
        yield return Bad("6.3.1", "a text with an encoded surrogate", [new Frame(Opcodes.Text, s_surrogate)]);
        yield return Bad("6.3.2", "the same, a frame per octet", Frame.Cut(Opcodes.Text, s_surrogate, 1));
    }

    private static IEnumerable<Case> FailFast()
    {
        byte[] tooHigh = [0xf4, 0x90, 0x80, 0x80];
        byte[] rest = "edited"u8.ToArray();
        yield return Late("6.4.1", "a good fragment, one beyond U+10FFFF, a good one, 1 s apart", false, s_word, tooHigh, rest);
        yield return Late("6.4.2", "a fragment that ends with f4, one of the octet 90, a good one, 1 s apart", false, [.. s_word, 0xf4], [0x90], rest);
        yield return Late("6.4.3", "as 6.4.1, as three pieces of one frame", true, s_word, tooHigh, rest);
        yield return Late("6.4.4", "as 6.4.2, as three pieces of one frame", true, [.. s_word, 0xf4], [0x90], rest);
    }

    /// <summary>Sends the wrong piece, waits, and sends the rest only to a peer that has not seen the mistake yet.</summary>
    private static Case Late(string id, string sends, bool oneFrame, params byte[][] pieces) => new(
        id, sends, "nothing for 1 s, then failed with 1007 or dropped after the wrong piece (only at the end: non-strict)", Reference, async play =>
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        Func<int, Task> send = oneFrame ? InOneFrame(connection, pieces) : i => connection.SendAsync(
            new Frame(i == 0 ? Opcodes.Text : Opcodes.Continuation, pieces[i]) { Fin = i == 2 });
        await send(0);
        if (await dialogue.UntilEndAsync(TimeSpan.FromSeconds(1)))
        {
            return Outcome.Failed($"ended after a good piece: {dialogue.Describe()}");
        }

        await send(1);
        bool early = await dialogue.UntilEndAsync(TimeSpan.FromSeconds(1));
        if (!early)
        {
            await send(2);
        }

        var close = await dialogue.FailedByPeerAsync(1007);
        bool bad = close == CloseVerdict.Fail || dialogue.Got.Count > 0;
        return Exchange.Judged(dialogue, close, bad ? Verdict.Fail : early ? Verdict.Pass : Verdict.NonStrict);
    });

    private static Func<int, Task> InOneFrame(RawConnection connection, byte[][] pieces)
    {
        byte[] frame = new Frame(Opcodes.Text, [.. pieces.SelectMany(piece => piece)]).ToBytes(connection.JudgeIsClient, out int head);
        return i =>
        {
            int start = i == 0 ? 0 : head + pieces[..i].Sum(piece => piece.Length);
            int end = head + pieces[..(i + 1)].Sum(piece => piece.Length);
            connection.Note($"piece {i + 1} of a text frame", frame.AsSpan(start..end), i == 0 ? head : 0);
            return connection.SendBytesAsync(frame.AsMemory(start..end));
        };
    }

    private static IEnumerable<Case> Samples()
    {
        foreach (var (subsection, what, samples) in Utf8Samples.All)
        {
            for (int i = 0; i < samples.Length; i++)
            {
                byte[] bytes = Convert.FromHexString(samples[i]);
                string hex = samples[i].Length > 24 ? samples[i][..24] + "..." : samples[i];
                string id = $"6.{subsection}.{i + 1}", sends = $"the text {hex}: {what}";
                yield return Utf8Text.IsValid(bytes) ? Echo(id, sends, [new Frame(Opcodes.Text, bytes)], bytes) : Bad(id, sends, [new Frame(Opcodes.Text, bytes)]);
            }
        }
    }

    private static Case Echo(string id, string sends, Frame[] frames, byte[] payload) =>
        Exchange.Answered(id, sends, Reference, frames, [PeerEvent.Text(payload)]);

    private static Case Bad(string id, string sends, Frame[] frames) => Exchange.Failed(id, sends, Reference, frames, [1007]);

    private static Frame[] Three(byte[] one, byte[] two, byte[] three) =>
        [new Frame(Opcodes.Text, one) { Fin = false }, new Frame(Opcodes.Continuation, two) { Fin = false }, new Frame(Opcodes.Continuation, three)];
}
