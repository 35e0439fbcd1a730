using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>10.*: a long message cut into frames of one size.</summary>
internal static class Section10AutoFragments
{
    public static IEnumerable<Case> All()
    {
        byte[] text = Utf8Text.OfLength(65536);
        yield return Exchange.Answered(
            "10.1.1", "a text of 65536 octets in frames of 1300", "RFC 6455 §5.4", Frame.Cut(Opcodes.Text, text, 1300), [PeerEvent.Text(text)]);
    }
}
