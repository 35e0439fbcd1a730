using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>3.*: reserved bits, with no extension that would give them a meaning.</summary>
internal static class Section3ReservedBits
{
    private const string Reference = "RFC 6455 §5.2";

    private static readonly Frame s_text = Frame.Text("Hello, Welt");

    public static IEnumerable<Case> All()
    {
        yield return Alone("3.1", s_text with { Rsv = 1 });
        yield return Between("3.2", 2, Chop.Whole);
        yield return Between("3.3", 3, Chop.PerFrame);
        yield return Between("3.4", 4, Chop.PerOctet);
        yield return Alone("3.5", new Frame(Opcodes.Binary, [0, 255, 1, 254]) { Rsv = 5 });
        yield return Alone("3.6", Frame.Ping("reserved") with { Rsv = 6 });
        yield return Alone("3.7", Frame.Close(1000) with { Rsv = 7 });
    }

    private static Case Alone(string id, Frame frame) =>
        Exchange.Failed(id, $"a {Opcodes.NameOf(frame.Opcode)} frame with reserved bits {frame.Rsv}", Reference, [frame], [1002]);

    private static Case Between(string id, int rsv, Chop chop) => Exchange.Failed(
        id, $"a good text, a text with reserved bits {rsv}, a ping", Reference,
        [s_text, s_text with { Rsv = rsv }, Frame.Ping("after")], [1002], [PeerEvent.Text(s_text.Payload)], chop);
}
