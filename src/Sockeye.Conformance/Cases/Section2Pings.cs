using System.Text;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>2.*: pings and pongs.</summary>
internal static class Section2Pings
{
    private const string Ping = "RFC 6455 §5.5.2, §5.5.3";

    private static readonly byte[] s_notUtf8 = [0x00, 0xff, 0xfe, 0xfd, 0xc0, 0x80, 0x00, 0xff];
    private static readonly byte[] s_longest = [.. Enumerable.Repeat((byte)0xfe, 125)];
    private static readonly byte[][] s_ten = [.. Enumerable.Range(0, 10).Select(i => Encoding.ASCII.GetBytes($"ping no. {i}"))];

    public static IEnumerable<Case> All()
    {
        yield return Answered("2.1", "a ping, empty", []);
        yield return Answered("2.2", "a ping with a short text", "Hello there"u8.ToArray());
        yield return Answered("2.3", "a ping whose payload is not UTF-8", s_notUtf8);
        yield return Answered("2.4", "a ping of 125 octets", s_longest);
        yield return Exchange.Failed("2.5", "a ping of 126 octets", "RFC 6455 §5.5", [new Frame(Opcodes.Ping, [.. s_longest, 1])], [1002]);
        yield return Answered("2.6", "a ping of 125 octets", s_longest, Chop.PerOctet);
        yield return Exchange.Answered("2.7", "a pong that nobody asked for, empty", "RFC 6455 §5.5.3", [new Frame(Opcodes.Pong, [])], []);
        yield return Exchange.Answered("2.8", "a pong that nobody asked for", "RFC 6455 §5.5.3", [new Frame(Opcodes.Pong, "unasked"u8.ToArray())], []);
        yield return Exchange.Answered(
            "2.9", "a pong that nobody asked for, then a ping", Ping, [new Frame(Opcodes.Pong, "unasked"u8.ToArray()), Frame.Ping("asked")], [PeerEvent.Pong("asked")]);
        yield return Ten("2.10", Chop.Whole);
        yield return Ten("2.11", Chop.PerOctet);
    }

    private static Case Answered(string id, string sends, byte[] payload, Chop chop = default) =>
        Exchange.Answered(id, sends, Ping, [new Frame(Opcodes.Ping, payload)], [PeerEvent.Pong(payload)], chop);

    private static Case Ten(string id, Chop chop) => Exchange.Answered(
        id, "10 pings with different payloads", Ping, [.. s_ten.Select(text => new Frame(Opcodes.Ping, text))], [.. s_ten.Select(PeerEvent.Pong)], chop);
}
