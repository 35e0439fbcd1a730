using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>F.*: every head a frame can have, and masks.</summary>
internal static class SectionFHeads
{
    private const string Reference = "RFC 6455 §5.2, §5.5";

    public static IEnumerable<Case> All()
    {
        for (int first = 0; first < 256; first++)
        {
            yield return FirstOctet(first);
        }

        yield return AllHeads();
        var text = Frame.Text("masks");
        yield return Only(Exchange.Failed("F.3.1", "a text without a mask, from a client", "RFC 6455 §5.1", [text with { Masked = false }], [1002]), CaseSides.Server);
        yield return Only(Exchange.Failed("F.3.2", "a text with a mask, from a server", "RFC 6455 §5.1", [text with { Masked = true }], [1002]), CaseSides.Client);
        yield return Only(Exchange.Failed("F.3.3", "a ping without a mask", "RFC 6455 §5.1", [Frame.Ping("x") with { Masked = false }], [1002]), CaseSides.Server);
        yield return Only(Exchange.Failed("F.3.4", "a close frame without a mask", "RFC 6455 §5.1", [Frame.Close(1000) with { Masked = false }], [1002]), CaseSides.Server);
        yield return Only(
            Exchange.Failed("F.3.5", "a text in two fragments, the second without a mask", "RFC 6455 §5.1",
                [text with { Fin = false }, new Frame(Opcodes.Continuation, [65]) { Masked = false }], [1002]), CaseSides.Server);
        uint[] keys = [0, 1, 0xff, 0x80000000, 0xffffffff, 0x12345678];
        for (int i = 0; i < keys.Length; i++)
        {
            byte[] payload = Utf8Text.OfLength(1000 + i);
            yield return Only(
                Exchange.Answered($"F.3.{6 + i}", $"a text with the masking key {keys[i]:x8}", "RFC 6455 §5.3", [new Frame(Opcodes.Text, payload) { Key = keys[i] }], [PeerEvent.Text(payload)]),
                CaseSides.Server);
        }
    }

    private static Case Only(Case one, CaseSides sides) => new(one.Id, one.Sends, one.Allows, one.Reference, one.Script) { Sides = sides };

    private static Case FirstOctet(int first)
    {
        int opcode = first & 15, rsv = (first >> 4) & 7;
        bool fin = first >= 128;
        byte[] payload = opcode == Opcodes.Close ? [3, 232] : [65];
        var frame = new Frame(opcode, payload) { Fin = fin, Rsv = rsv };
        string id = $"F.1.{first + 1}", sends = $"a frame whose first octet is {first:x2}";
        return (rsv, opcode, fin) switch
        {
            (0, Opcodes.Text, true) => Exchange.Answered(id, sends, Reference, [frame], [PeerEvent.Text(payload)]),
            (0, Opcodes.Binary, true) => Exchange.Answered(id, sends, Reference, [frame], [PeerEvent.Binary(payload)]),
            (0, Opcodes.Text, false) => Exchange.Answered(id, sends + ", and its end", Reference, [frame, new Frame(0, payload)], [PeerEvent.Text("AA")]),
            (0, Opcodes.Binary, false) => Exchange.Answered(id, sends + ", and its end", Reference, [frame, new Frame(0, payload)], [PeerEvent.Binary("AA"u8.ToArray())]),
            (0, Opcodes.Ping, true) => Exchange.Answered(id, sends, Reference, [frame], [PeerEvent.Pong(payload)]),
            (0, Opcodes.Pong, true) => Exchange.Answered(id, sends, Reference, [frame], []),
            (0, Opcodes.Close, true) => Exchange.Closed(id, sends, Reference, [frame], [1000]),
            _ => Exchange.Failed(id, sends, Reference, [frame], [1002]),
        };
    }

    /// <summary>Of all 65,536 pairs of octets those that are wrong by themselves: the peer needs no more than the head to see it, but may read the payload first.</summary>
    private static Case AllHeads() => new(
        "F.2.1", "all illegal heads of two octets, each on a connection of its own, with as many octets behind as they need",
        "each failed with 1002, or dropped; only after the payload: non-strict", Reference, async play =>
    {
        bool late = false;
        var heads = Enumerable.Range(0, 65536).Where(head => IsIllegal(head >> 8, head & 255));
        int stride = play.Stride(509);
        var outcome = await Loops.EachAsync(play, heads.Where((_, i) => i % stride == 0), async head =>
        {
            await using var connection = await play.OpenAsync();
            var dialogue = new Dialogue(connection, play.Patience);
            int extended = (head & 127) switch { 126 => 2, 127 => 8, _ => 0 };
            // A declared length of 300 or 70,000, and none of it.
            byte[] length = extended switch { 2 => [1, 44], 8 => [0, 0, 0, 0, 0, 1, 17, 112], _ => [] };
            byte[] mask = (head & 128) != 0 ? [1, 2, 3, 4] : [];
            await connection.SendBytesAsync((byte[])[(byte)(head >> 8), (byte)head, .. length, .. mask]);
            if (late || !await dialogue.UntilEndAsync(TimeSpan.FromSeconds(Math.Min(2, play.Patience.TotalSeconds))))
            {
                late = true;
                await connection.SendBytesAsync(new byte[extended switch { 2 => 300, 8 => 70_000, _ => head & 127 }]);
            }

            var close = await dialogue.FailedByPeerAsync(1002);
            return close == CloseVerdict.Ok && dialogue.Got.Count == 0 ? null : $"{head:x4}: {dialogue.Describe()}";
        });
        return outcome.Verdict == Verdict.Pass && late ? new Outcome(Verdict.NonStrict, CloseVerdict.Ok, "seen only after the payload") : outcome;
    })
    { Sides = CaseSides.Server, IsBusy = true };

    private static bool IsIllegal(int first, int second)
    {
        int opcode = first & 15;
        bool control = opcode >= 8;
        return (first & 0x70) != 0 || opcode is (> 2 and < 8) or > 10 or 0 || (second & 128) == 0 || (control && (first < 128 || (second & 127) > 125));
    }
}
