using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>5.*: fragments, whole and broken.</summary>
internal static class Section5Fragments
{
    private const string Reference = "RFC 6455 §5.4";
    private const string Control = "RFC 6455 §5.4, §5.5";

    private static readonly Chop[] s_chops = [Chop.Whole, Chop.PerFrame, Chop.PerOctet];
    private static readonly Frame s_one = Frame.Text("part 1, ") with { Fin = false };
    private static readonly Frame s_two = new(Opcodes.Continuation, "part 2"u8.ToArray());
    private static readonly Frame s_middle = s_two with { Fin = false };
    private static readonly Frame s_ping = Frame.Ping("between");
    private static readonly PeerEvent s_joined = PeerEvent.Text("part 1, part 2");

    public static IEnumerable<Case> All()
    {
        yield return Bad("5.1", "a ping in two fragments", Control, [s_ping with { Fin = false }, s_two]);
        yield return Bad("5.2", "a pong in two fragments", Control, [new Frame(Opcodes.Pong, "x"u8.ToArray()) { Fin = false }, s_two]);
        for (int i = 0; i < 3; i++)
        {
            yield return Exchange.Answered($"5.{3 + i}", "a text in two fragments", Reference, [s_one, s_two], [s_joined], s_chops[i]);
        }

        for (int i = 0; i < 3; i++)
        {
            yield return Exchange.Answered(
                $"5.{6 + i}", "a text in two fragments with a ping between", Reference, [s_one, s_ping, s_two], [PeerEvent.Pong("between"), s_joined], s_chops[i]);
        }

        for (int i = 0; i < 3; i++)
        {
            yield return Bad($"5.{9 + i}", "a continuation (FIN 1) of nothing, then a text", Reference, [s_two, Frame.Text("whole")], s_chops[i]);
        }

        for (int i = 0; i < 3; i++)
        {
            yield return Bad($"5.{12 + i}", "a continuation (FIN 0) of nothing, then a text", Reference, [s_middle, Frame.Text("whole")], s_chops[i]);
        }

        yield return Exchange.Failed(
            "5.15", "a text in two fragments, a continuation (FIN 0) of nothing, a text", Reference,
            [s_one, s_two, s_middle, Frame.Text("whole")], [1002], [s_joined]);
        yield return Bad("5.16", "a continuation (FIN 0) of nothing and a text in two fragments, twice", Reference, [s_middle, s_one, s_two, s_middle, s_one, s_two]);
        yield return Bad("5.17", "a continuation (FIN 1) of nothing and a text in two fragments, twice", Reference, [s_two, s_one, s_two, s_two, s_one, s_two]);
        yield return Bad("5.18", "a text in two fragments, both with the opcode text", Reference, [s_one, Frame.Text("part 2")]);
        yield return Paused("5.19", Chop.Whole);
        yield return Paused("5.20", Chop.PerFrame);
    }

    private static Case Bad(string id, string sends, string reference, Frame[] frames, Chop chop = default) =>
        Exchange.Failed(id, sends, reference, frames, [1002], chop: chop);

    private static Case Paused(string id, Chop chop) => new(
        id, $"two fragments of a text, a ping, a pause of 1 s, two fragments, a ping, the last fragment, {chop}",
        "pong 1, pong 2, the echo, in this order; clean close with 1000", Reference, async play =>
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync([s_one, s_middle, Frame.Ping("first")], chop);
        await Task.Delay(1000, play.Stop);
        await connection.SendAsync([s_middle, s_middle, Frame.Ping("second"), s_two], chop);
        await dialogue.CollectAsync(3);
        var close = await dialogue.CloseAsync();
        PeerEvent[] expected = [PeerEvent.Pong("first"), PeerEvent.Pong("second"), PeerEvent.Text("part 1, part 2part 2part 2part 2")];
        return Exchange.Judged(dialogue, close, Exchange.Same(dialogue.Got, expected) ? Verdict.Pass : Verdict.Fail);
    });
}
