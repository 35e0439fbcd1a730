using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>P.*: pings under load. V.*: after a violation, and half-close. M.*: attacks on memory.</summary>
internal static class SectionsPVM
{
    private static readonly DeflateTerms s_none = new(null, _ => null);

    public static IEnumerable<Case> All() => [.. Pings(), .. Violations(), .. Memory()];

    private static IEnumerable<Case> Pings()
    {
        Frame[] pings = [.. Enumerable.Range(0, 1000).Select(i => Frame.Ping($"{i}"))];
        yield return Exchange.Answered("P.1", "1000 pings at once", "RFC 6455 §5.5.2", pings, [.. pings.Select(ping => PeerEvent.Pong(ping.Payload))]);
        byte[] text = Utf8Text.OfLength(100_000);
        var parts = Frame.Cut(Opcodes.Text, text, 1000);
        yield return Exchange.Answered(
            "P.2", "a text of 100 fragments with a ping between each two", "RFC 6455 §5.4, §5.5.2", [.. parts.SelectMany((part, i) => new[] { part, pings[i] }).SkipLast(1)],
            [.. pings.Take(99).Select(ping => PeerEvent.Pong(ping.Payload)), PeerEvent.Text(text)]);
        yield return Exchange.Answered(
            "P.3", "200 pongs that nobody asked for, and a text", "RFC 6455 §5.5.3", [.. Enumerable.Repeat(new Frame(Opcodes.Pong, [1]), 200), Frame.Text("still")], [PeerEvent.Text("still")]);
        Frame[] mixed = [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? Frame.Text($"m{i}") : new Frame(Opcodes.Binary, [(byte)i]))];
        yield return Exchange.Answered(
            "P.4", "100 messages of both types at once", "RFC 6455 §5.4", mixed,
            [.. mixed.Select(frame => frame.Opcode == Opcodes.Text ? PeerEvent.Text(frame.Payload) : PeerEvent.Binary(frame.Payload))]);
    }

    private static IEnumerable<Case> Violations()
    {
        Frame[] bad =
        [
            Frame.Text("x") with { Rsv = 4 }, new Frame(3, []), new Frame(11, []), new Frame(Opcodes.Continuation, [65]), Frame.Ping("x") with { Fin = false },
            new Frame(Opcodes.Ping, new byte[126]), new Frame(Opcodes.Text, [0xff]), Frame.Close(1005), new Frame(Opcodes.Close, [3]),
        ];
        for (int i = 0; i < bad.Length; i++)
        {
            int code = i == 6 ? 1007 : 1002;
            yield return Exchange.Failed(
                $"V.1.{i + 1}", $"a wrong frame ({Opcodes.NameOf(bad[i].Opcode)}), then a good text, a ping and a close frame", "RFC 6455 §7.1.7",
                [bad[i], Frame.Text("after"), Frame.Ping("after"), Frame.Close(1000)], [code]);
        }

        yield return new Case("V.2.1", "a text, then the end of the sending side", "the echo, or none; the connection ended", "RFC 6455 §7.1.1, §7.2.1", async play =>
        {
            await using var connection = await play.OpenAsync();
            var dialogue = new Dialogue(connection, play.Patience);
            await connection.SendAsync(Frame.Text("last words"));
            await dialogue.CollectAsync(1);
            await connection.HalfCloseAsync();
            return await dialogue.UntilEndAsync() ? Outcome.Passed : Outcome.Failed("the connection stays half open");
        });
        yield return new Case("V.2.2", "half a frame, then the end of the sending side", "the connection ended, nothing echoed", "RFC 6455 §7.1.7", async play =>
        {
            await using var connection = await play.OpenAsync();
            var dialogue = new Dialogue(connection, play.Patience);
            await connection.SendAsync(new Frame(Opcodes.Text, "half"u8.ToArray()) { Declared = 8 });
            await connection.HalfCloseAsync();
            return await dialogue.UntilEndAsync() && dialogue.Got.Count == 0 ? Outcome.Passed : Outcome.Failed(dialogue.Describe());
        });
    }

    private static IEnumerable<Case> Memory()
    {
        yield return Declared();
        yield return new Case(
            "M.1.2", "200,000 fragments of one octet", "the echo, or failed with 1008 or 1009, or dropped", "RFC 6455 §10.4", play => FloodAsync(play, 1)) { IsBusy = true };
        yield return new Case(
            "M.1.3", "200,000 empty fragments", "the echo, or failed with 1008 or 1009, or dropped", "RFC 6455 §10.4", play => FloodAsync(play, 0)) { IsBusy = true };
        // A peer may answer the last ping alone (RFC 6455 §5.5.3), and then it keeps nothing of the others.
        yield return Unread("M.2.1", "up to 32 MiB of pings, and nothing is read", new Frame(Opcodes.Ping, new byte[125]), Verdict.Informational);
        yield return Unread("M.2.2", "up to 32 MiB of messages, and nothing is read", new Frame(Opcodes.Binary, new byte[16 * 1024]), Verdict.NonStrict);
    }

    private static Case Declared() => new(
        "M.1.1", "200 connections that each declare a frame of 2^40 octets", "each failed with 1009, or dropped; waiting for the rest: non-strict", "RFC 6455 §10.4", async play =>
    {
        bool waits = false;
        var outcome = await Loops.EachAsync(play, Enumerable.Range(0, play.IsFast ? 20 : 200), async _ =>
        {
            await using var connection = await play.OpenAsync();
            var dialogue = new Dialogue(connection, play.Patience);
            await connection.SendAsync(new Frame(Opcodes.Binary, []) { Declared = 1UL << 40, LengthBytes = 8 });
            if (waits || !await dialogue.UntilEndAsync())
            {
                waits = true;
                return null;
            }

            return await dialogue.FailedByPeerAsync(1009) == CloseVerdict.Ok ? null : $"2^40: {dialogue.Describe()}";
        });
        return outcome.Verdict == Verdict.Pass && waits ? new Outcome(Verdict.NonStrict, CloseVerdict.Informational, "waits for the rest") : outcome;
    })
    { Sides = CaseSides.Server, IsBusy = true };

    private static async Task<Outcome> FloodAsync(Play play, int size)
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        int count = play.IsFast ? 20_000 : 200_000;
        await connection.SendAsync(new Frame(Opcodes.Binary, new byte[size]) { Fin = false });
        byte[] part = new Frame(Opcodes.Continuation, new byte[size]) { Fin = false }.ToBytes(connection.JudgeIsClient, out _);
        connection.Note($"{count} more of them", part);
        byte[] thousand = [.. Enumerable.Repeat(part, 1000).SelectMany(bytes => bytes)];
        for (int i = 0; i < count / 1000 && !connection.IsBroken; i++)
        {
            await connection.SendBytesAsync(thousand);
        }

        await connection.SendAsync(new Frame(Opcodes.Continuation, []));
        await dialogue.CollectAsync(1, TimeSpan.FromSeconds(30));
        if (dialogue.Last is null && dialogue.Got.Count == 1)
        {
            bool same = dialogue.Got[0].Payload.Length == size * (count + 1);
            return Exchange.Judged(dialogue, await dialogue.CloseAsync(), same ? Verdict.Pass : Verdict.Fail);
        }

        var close = await dialogue.FailedByPeerAsync(1008, 1009);
        return Exchange.Judged(dialogue, close, close == CloseVerdict.Fail ? Verdict.Fail : Verdict.Pass);
    }

    /// <summary>A peer must stop reading, or end the connection: one that takes everything keeps the answers in memory.</summary>
    private static Case Unread(string id, string sends, Frame frame, Verdict takesAll) => new(
        id, sends, $"the peer stops reading, or ends the connection; taking everything: {takesAll}", "RFC 6455 §10.4", async play =>
    {
        await using var connection = await play.OpenAsync(s_none, read: false);
        byte[] bytes = frame.ToBytes(connection.JudgeIsClient, out _);
        byte[] batch = [.. Enumerable.Repeat(bytes, Math.Max(1, (64 * 1024) / bytes.Length)).SelectMany(one => one)];
        connection.Note("over and over", bytes);
        var sending = Task.Run(async () =>
        {
            for (int sent = 0; sent < 32 << 20 && !connection.IsBroken; sent += batch.Length)
            {
                await connection.SendBytesAsync(batch);
            }
        });
        bool all = await Task.WhenAny(sending, Task.Delay(2000, play.Stop)) == sending && !connection.IsBroken;
        return all ? new Outcome(takesAll, CloseVerdict.Informational, "the peer took 32 MiB") : new Outcome(Verdict.Pass, CloseVerdict.Informational);
    })
    { IsBusy = true };
}
