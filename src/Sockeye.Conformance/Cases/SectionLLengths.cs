using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>L.*: lengths in forms that are too long, and lengths that nobody can take.</summary>
internal static class SectionLLengths
{
    private const string Shortest = "RFC 6455 §5.2 (the minimal number of bytes)";

    private static readonly (int Length, int Bytes)[] s_forms =
        [(0, 2), (1, 2), (64, 2), (124, 2), (125, 2), (0, 8), (1, 8), (125, 8), (126, 8), (127, 8), (1000, 8), (32768, 8), (65534, 8), (65535, 8)];

    public static IEnumerable<Case> All()
    {
        for (int i = 0; i < s_forms.Length; i++)
        {
            var (length, bytes) = s_forms[i];
            var frame = new Frame(i % 2 == 0 ? Opcodes.Text : Opcodes.Binary, Utf8Text.OfLength(length)) { LengthBytes = bytes };
            yield return LongForm($"L.1.{i + 1}", $"a length of {length} in {bytes} octets", frame);
        }

        for (int power = 0; power < 64; power++)
        {
            yield return Power(power);
        }

        yield return Tooth("L.3.1", "a declared length of 2^63 + 1", (1UL << 63) + 1, [1002, 1009]);
        yield return Tooth("L.3.2", "a declared length of 2^64 - 1", ulong.MaxValue, [1002, 1009]);
        yield return Tooth("L.3.3", "a declared length of 2^63 - 1, the largest legal one", long.MaxValue, [1009]);
    }

    /// <summary>The rule is the sender's: a receiver that takes such a length breaks none, but lets two spellings of one frame pass.</summary>
    private static Case LongForm(string id, string sends, Frame frame) => new(
        id, sends, "failed with 1002, or dropped; the echo: non-strict", Shortest, async play =>
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(frame);
        await dialogue.CollectAsync(1);
        bool taken = dialogue.Last is null && Exchange.Same(dialogue.Got, [new PeerEvent(frame.Opcode == Opcodes.Text ? PeerEventKind.Text : PeerEventKind.Binary, frame.Payload)]);
        var close = taken ? await dialogue.CloseAsync() : await dialogue.FailedByPeerAsync(1002);
        return Exchange.Judged(dialogue, close, taken ? Verdict.NonStrict : close == CloseVerdict.Fail || dialogue.Got.Count > 0 ? Verdict.Fail : Verdict.Pass);
    });

    /// <summary>Small ones are echoed; of large ones only the head is sent, and a peer with any bound refuses it early.</summary>
    private static Case Power(int power)
    {
        string id = $"L.2.{power + 1}", sends = $"a binary frame of 2^{power} octets";
        if (power <= 16)
        {
            byte[] payload = Utf8Text.OfLength(1 << power);
            return Exchange.Answered(id, sends, "RFC 6455 §5.2", [new Frame(Opcodes.Binary, payload)], [PeerEvent.Binary(payload)]);
        }

        return Tooth(id, $"{sends}, only its head and 4 octets", 1UL << power, power == 63 ? [1002, 1009] : [1009], power < 31);
    }

    private static Case Tooth(string id, string sends, ulong declared, int[] codes, bool mayWait = false) => new(
        id, sends,
        $"{(mayWait ? "waiting for the rest, or " : "")}failed with {string.Join(" or ", codes)}, or dropped{(mayWait ? "" : "; waiting: non-strict, except that 2^63 and more must be refused")}",
        "RFC 6455 §5.2, §10.4, §7.4.1", async play =>
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(new Frame(Opcodes.Binary, [1, 2, 3, 4]) { Declared = declared, LengthBytes = declared <= ushort.MaxValue ? 2 : 8 });
        // For so little a second is long enough, unless the peer has to answer.
        if (!await dialogue.UntilEndAsync(mayWait ? TimeSpan.FromSeconds(0.5) : null))
        {
            return declared > long.MaxValue ? Outcome.Failed("not refused")
                : new Outcome(mayWait ? Verdict.Pass : Verdict.NonStrict, CloseVerdict.Ok, mayWait ? "" : "waits for the rest");
        }

        var close = await dialogue.FailedByPeerAsync(codes);
        return Exchange.Judged(dialogue, close, close == CloseVerdict.Fail ? Verdict.Fail : Verdict.Pass);
    });
}
