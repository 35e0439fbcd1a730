using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>1.*: messages of the lengths around the forms of the length field.</summary>
internal static class Section1Framing
{
    private static readonly int[] s_lengths = [0, 125, 126, 127, 128, 65535, 65536];

    public static IEnumerable<Case> All() => [.. Of(1, Opcodes.Text), .. Of(2, Opcodes.Binary)];

    private static IEnumerable<Case> Of(int subsection, int opcode)
    {
        for (int i = 0; i < s_lengths.Length + 1; i++)
        {
            int length = s_lengths[Math.Min(i, s_lengths.Length - 1)];
            byte[] payload = Payload(opcode, length);
            PeerEvent[] echo = [new(opcode == Opcodes.Text ? PeerEventKind.Text : PeerEventKind.Binary, payload)];
            yield return Exchange.Answered(
                $"1.{subsection}.{i + 1}", $"an unfragmented {Opcodes.NameOf(opcode)} message of {length} octets", "RFC 6455 §5.2, §5.6",
                [new Frame(opcode, payload)], echo, i == s_lengths.Length ? new Chop(997) : Chop.Whole);
        }
    }

    private static byte[] Payload(int opcode, int length)
    {
        if (opcode == Opcodes.Text)
        {
            return Utf8Text.OfLength(length);
        }

        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
