using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>9.*: long messages, many fragments, many messages.</summary>
internal static class Section9Limits
{
    private const int Kib = 1024, Mib = 1024 * Kib;
    private const string Reference = "RFC 6455 §5.2, §5.4";

    private static readonly int[] s_sizes = [64 * Kib, 256 * Kib, Mib, 4 * Mib, 8 * Mib, 16 * Mib];
    private static readonly int[] s_fragments = [64, 256, Kib, 4 * Kib, 16 * Kib, 64 * Kib, 256 * Kib, Mib, 4 * Mib];
    private static readonly int[] s_chops = [64, 128, 256, 512, 1024, 2048];
    private static readonly int[] s_messages = [0, 16, 64, 256, 1024, 4096];
    private static readonly int[] s_messageSeconds = [60, 60, 60, 120, 240, 480];

    public static IEnumerable<Case> All() =>
    [
        .. s_sizes.Select((size, i) => Whole(1, i, Opcodes.Text, size)),
        .. s_sizes.Select((size, i) => Whole(2, i, Opcodes.Binary, size)),
        .. s_fragments.Select((size, i) => Fragments(3, i, Opcodes.Text, size)),
        .. s_fragments.Select((size, i) => Fragments(4, i, Opcodes.Binary, size)),
        .. s_chops.Select((size, i) => Chopped(5, i, Opcodes.Text, size)),
        .. s_chops.Select((size, i) => Chopped(6, i, Opcodes.Binary, size)),
        .. s_messages.Select((size, i) => Many(7, i, Opcodes.Text, size)),
        .. s_messages.Select((size, i) => Many(8, i, Opcodes.Binary, size)),
    ];

    private static Case Whole(int subsection, int i, int opcode, int size)
    {
        bool quick = size <= 256 * Kib || (opcode == Opcodes.Binary && size <= 4 * Mib);
        return Echo($"9.{subsection}.{i + 1}", $"a {Opcodes.NameOf(opcode)} message of {size} octets in one frame", opcode, size, size, default, quick ? 10 : 100, size > 256 * Kib);
    }

    private static Case Fragments(int subsection, int i, int opcode, int size) => Echo(
        $"9.{subsection}.{i + 1}", $"a {Opcodes.NameOf(opcode)} message of 4 MiB in frames of {size} octets", opcode, 4 * Mib, size, default, 100, true);

    private static Case Chopped(int subsection, int i, int opcode, int chop) => Echo(
        $"9.{subsection}.{i + 1}", $"a {Opcodes.NameOf(opcode)} message of 1 MiB in one frame", opcode, Mib, Mib, new Chop(chop), 500, true);

    // The payload is made when the case runs: all of them together would fill the memory.
    private static Case Echo(string id, string sends, int opcode, int size, int fragment, Chop chop, int seconds, bool heavy) => new(
        id, $"{sends}, {chop}", $"the same message back within {seconds} s; clean close with 1000", Reference, async play =>
    {
        byte[] payload = Utf8Text.OfLength(size);
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        var sent = connection.SendAsync(Frame.Cut(opcode, payload, fragment), chop);
        await dialogue.CollectAsync(1, TimeSpan.FromSeconds(seconds));
        if (dialogue.Last is null && dialogue.Got.Count > 0)
        {
            await sent;
        }

        var close = dialogue.Last is null && dialogue.Got.Count == 0 ? CloseVerdict.Fail : await dialogue.CloseAsync();
        PeerEvent[] expected = [new(opcode == Opcodes.Text ? PeerEventKind.Text : PeerEventKind.Binary, payload)];
        return Exchange.Judged(dialogue, close, Exchange.Same(dialogue.Got, expected) ? Verdict.Pass : Verdict.Fail);
    })
    { IsHeavy = heavy, IsBusy = true };

    private static Case Many(int subsection, int i, int opcode, int size) => new(
        $"9.{subsection}.{i + 1}", $"1000 {Opcodes.NameOf(opcode)} messages of {size} octets, each after the echo of the one before",
        $"each message back, all within {s_messageSeconds[i]} s; clean close with 1000", Reference, async play =>
    {
        byte[] payload = Utf8Text.OfLength(size);
        await using var connection = await play.OpenAsync();
        return await PingPong.RunAsync(
            play, connection, 1000, s_messageSeconds[i], _ => ([new Frame(opcode, payload)], new(opcode == Opcodes.Text ? PeerEventKind.Text : PeerEventKind.Binary, payload)));
    })
    { IsBusy = true };
}
