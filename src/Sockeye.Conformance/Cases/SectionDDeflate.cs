using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>D.*: permessage-deflate: negotiation, corrupt streams, bombs.</summary>
internal static class SectionDDeflate
{
    private const string Reference = "RFC 7692 §6, §7";

    private static readonly DeflateTerms s_plain = new("permessage-deflate", offer => DeflateTerms.Offers(offer) ? "permessage-deflate" : null);

    public static IEnumerable<Case> All()
    {
        string[] bad =
        [
            "permessage-deflate; unknown", "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=7", "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=08", "permessage-deflate; client_max_window_bits=99", "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover", "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
        ];
        for (int i = 0; i < bad.Length; i++)
        {
            yield return Declined($"D.1.{i + 1}", bad[i]);
        }

        yield return Messages("D.2.1", "a compressed text", "RFC 7692 §7.2", deflater => [Compressed(Opcodes.Text, deflater.Deflate("Hello Hello Hello"u8))], PeerEvent.Text("Hello Hello Hello"));
        yield return Messages("D.2.2", "a text that is not compressed", "RFC 7692 §6", _ => [Frame.Text("plain")], PeerEvent.Text("plain"));
        yield return Messages("D.2.3", "an empty compressed text", "RFC 7692 §7.2.3.6", _ => [Compressed(Opcodes.Text, [0])], PeerEvent.Text(""));
        yield return Messages("D.2.4", "the standard's stored block", "RFC 7692 §7.2.3.3", _ => [Compressed(Opcodes.Text, Convert.FromHexString("000500faff48656c6c6f00"))], PeerEvent.Text("Hello"));
        yield return Messages("D.2.5", "the standard's final block", "RFC 7692 §7.2.3.4", _ => [Compressed(Opcodes.Text, Convert.FromHexString("f348cdc9c9070000"))], PeerEvent.Text("Hello"));
        yield return Messages("D.2.6", "the standard's two blocks", "RFC 7692 §7.2.3.5", _ => [Compressed(Opcodes.Text, Convert.FromHexString("f248050000 00ffffcac9c90700".Replace(" ", "", StringComparison.Ordinal)))], PeerEvent.Text("Hello"));
        yield return Bad("D.3.1", "a reserved block type", [1002, 1007], Compressed(Opcodes.Binary, [0x07]));
        yield return Bad("D.3.2", "a stored block whose length does not fit its complement", [1002, 1007], Compressed(Opcodes.Binary, [0x00, 0x05, 0x00, 0x00, 0x00, 1, 2]));
        yield return Bad("D.3.3", "a reference before the start", [1002, 1007], Compressed(Opcodes.Binary, [0x4b, 0x04, 0x43, 0x00]));
        yield return Bad("D.3.4", "RSV1 on a ping", [1002], Frame.Ping("x") with { Rsv = 4 });
        yield return Bad("D.3.5", "RSV1 on a continuation", [1002], Compressed(Opcodes.Binary, [0]) with { Fin = false }, new Frame(Opcodes.Continuation, [0]) { Rsv = 4 });
        yield return Bad("D.3.6", "RSV2 on a compressed text", [1002], Compressed(Opcodes.Text, [0]) with { Rsv = 6 });
        yield return Bad("D.3.7", "compressed octets that are not UTF-8", [1007], Compressed(Opcodes.Text, Convert.FromHexString("000200fdffc0ff00")));
        yield return Bomb();
    }

    private static Frame Compressed(int opcode, byte[] payload) => new(opcode, payload) { Rsv = 4 };

    private static Case Declined(string id, string offer) => new(id, $"the offer '{offer}'", "opened without the extension, or refused", "RFC 7692 §7.1, §5.1", async play =>
    {
        try
        {
            await using var connection = await play.OpenAsync(new DeflateTerms(offer, _ => null));
            return connection.Deflate.IsOn ? Outcome.Failed("agreed to") : Outcome.Passed;
        }
        catch (OpeningException e) when (e.Message.Contains(" 400 ", StringComparison.Ordinal))
        {
            return Outcome.Passed;
        }
    })
    { Sides = CaseSides.Server };

    private static Case Messages(string id, string sends, string reference, Func<Deflater, Frame[]> frames, PeerEvent echo) => On(id, sends, "the echo; clean close with 1000", reference, async (play, connection) =>
    {
        using var deflater = new Deflater(connection.Deflate);
        return await PingPong.RunAsync(play, connection, 1, 10, _ => (frames(deflater), echo));
    });

    private static Case Bad(string id, string sends, int[] codes, params Frame[] frames) => On(
        id, sends, $"failed with {string.Join(" or ", codes)}, or dropped", Reference, async (play, connection) =>
    {
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(frames);
        var close = await dialogue.FailedByPeerAsync(codes);
        return Exchange.Judged(dialogue, close, close == CloseVerdict.Fail || dialogue.Got.Count > 0 ? Verdict.Fail : Verdict.Pass);
    });

    private static Case Bomb() => On(
        "D.4.1", "a message of 200 MiB of zeros in about 200 KiB", "failed with 1009 or dropped; the echo: non-strict", "RFC 7692 §8; RFC 6455 §10.4", async (play, connection) =>
    {
        using var deflater = new Deflater(connection.Deflate);
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(Compressed(Opcodes.Binary, deflater.Deflate(new byte[200 << 20])));
        await dialogue.CollectAsync(1, TimeSpan.FromSeconds(30));
        if (dialogue.Got.Count > 0)
        {
            return new Outcome(Verdict.NonStrict, CloseVerdict.Informational, "taken");
        }

        var close = await dialogue.FailedByPeerAsync(1009);
        return Exchange.Judged(dialogue, close, close == CloseVerdict.Fail ? Verdict.Fail : Verdict.Pass);
    });

    private static Case On(string id, string sends, string allows, string reference, Func<Play, RawConnection, Task<Outcome>> run) => new(
        id, sends, allows, reference, async play =>
    {
        await using var connection = await play.OpenAsync(s_plain);
        return connection.Deflate.IsOn ? await run(play, connection) : Outcome.Unimplemented("permessage-deflate was not agreed to");
    })
    { IsBusy = true };
}
