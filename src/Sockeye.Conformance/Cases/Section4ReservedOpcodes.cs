using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>4.*: opcodes that mean nothing yet.</summary>
internal static class Section4ReservedOpcodes
{
    private static readonly Frame s_text = Frame.Text("Hello, Welt");

    public static IEnumerable<Case> All() => [.. Of(1, 3), .. Of(2, 11)];

    private static IEnumerable<Case> Of(int subsection, int firstOpcode)
    {
        for (int i = 0; i < 5; i++)
        {
            // Of the five, the first and the third are empty; the last three come between good frames.
            var bad = new Frame(firstOpcode + i, i is 0 or 2 ? [] : "reserved"u8.ToArray());
            string what = $"opcode {bad.Opcode} with {bad.Payload.Length} octets";
            yield return Exchange.Failed(
                $"4.{subsection}.{i + 1}", i < 2 ? what : $"a good text, {what}, a ping", "RFC 6455 §5.2",
                i < 2 ? [bad] : [s_text, bad, Frame.Ping("after")], [1002], i < 2 ? [] : [PeerEvent.Text(s_text.Payload)]);
        }
    }
}
