using System.Text;
using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Sessions;

/// <summary>Scripted exchanges: what the peer sends, and what comes of it whatever the cuts.</summary>
internal static class Scripts
{
    private static readonly byte[] Kilo = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];
    private static readonly byte[] Large = [.. Enumerable.Range(0, 70_000).Select(i => (byte)(i * 13))];
    private static readonly string Euro = Latin("\u20AC");
    private static readonly string Smile = Latin("\U0001F600");

    public static readonly IReadOnlyDictionary<string, Script> All = new Dictionary<string, Script>
    {
        ["one text"] = new(w => w.Text("Hello"), "text: Hello"),
        ["one binary"] = new(w => w.Binary([0, 255, 128, 1]), "binary: \0\u00FF\u0080\u0001"),
        ["empty messages"] = new(w => w.Text("").Binary([]).Text(""), "text: ", "binary: ", "text: "),
        ["two messages"] = new(w => w.Text("ab").Binary([1]), "text: ab", "binary: \u0001"),
        ["fragments"] = new(w => w.Text("Hel", false).More("lo", true), "text: Hello"),
        ["fragments with a ping between"] = new(
            w => w.Text("Hel", false).Ping("p1").More("lo", true), "text...: Hel", "ping: p1", "text: lo"),
        ["many fragments with many control frames"] = new(
            w => w.Text("a", false).Ping("1").More("b").Pong("2").Ping().More("c").More("d", true).Ping("3"),
            "text...: a", "ping: 1", "text...: b", "pong: 2", "ping: ", "text: cd", "ping: 3"),
        ["empty first fragment"] = new(w => w.Text("", false).More("x", true), "text: x"),
        ["empty middle fragments"] = new(w => w.Text("a", false).More("").More("").More("b", true), "text: ab"),
        ["empty last fragment"] = new(w => w.Text("ab", false).More("", true), "text: ab"),
        ["only empty fragments"] = new(w => w.Binary([], false).Ping("x").More("").More("", true), "ping: x", "binary: "),
        ["a message after a fragmented one"] = new(w => w.Text("a", false).More("b", true).Binary([66]), "text: ab", "binary: B"),
        ["an unfinished message"] = new(w => w.Text("ab", false).More("c"), "text...: abc"),
        ["an unfinished frame"] = new(w => w.Text("abc").Raw(w.Masked ? [0x82, 0x85, 0, 0, 0, 0, 65] : [0x82, 0x05, 65]), "text: abc", "binary...: A"),
        ["a zero mask key"] = new(w => w.Raw(w.Masked ? [0x81, 0x82, 0, 0, 0, 0, 65, 66] : [0x81, 2, 65, 66]), "text: AB"),
        ["16-bit lengths"] = new(
            w => w.Binary(Kilo[..126]).Binary(Kilo[..125]).Binary(Kilo[..127]),
            "binary: " + Replay.Show(Kilo.AsSpan(0, 126)), "binary: " + Replay.Show(Kilo.AsSpan(0, 125)), "binary: " + Replay.Show(Kilo.AsSpan(0, 127))),
        ["a kilobyte"] = new(w => w.Binary(Kilo).Ping("after"), "binary: " + Replay.Show(Kilo), "ping: after"),
        ["64-bit length"] = new(w => w.Ping("before").Binary(Large).Text("after"), "ping: before", "binary: " + Replay.Show(Large), "text: after"),
        ["ping and pong, empty and full"] = new(
            w => w.Ping().Pong().Ping(new string('p', 125)).Pong(new string('q', 125)),
            "ping: ", "pong: ", "ping: " + new string('p', 125), "pong: " + new string('q', 125)),
        ["characters cut by fragments"] = new(
            w => w.Text(Euro[..1], false).More(Euro[1..2]).Ping("x").More(Euro[2..] + Smile[..3]).More(Smile[3..], true),
            "text...: " + Euro[..2], "ping: x", "text: " + Euro[2..] + Smile),
        ["close without a body"] = new(w => w.Text("a").Close(), "text: a", "close: 1005 "),
        ["close with a code"] = new(w => w.Close(1000), "close: 1000 "),
        ["close with a reason"] = new(w => w.Close(4999, "caf" + Latin("\u00E9")), "close: 4999 caf\u00E9"),
        ["close with the longest reason"] = new(w => w.Close(1001, new string('r', 123)), "close: 1001 " + new string('r', 123)),
        ["close inside a message"] = new(w => w.Text("ab", false).Close(1001, "bye"), "text...: ab", "close: 1001 bye"),
        ["data after close"] = new(w => w.Close(1000).Text("never").Ping("never").Close(1001).Raw(0xFF, 0xFF), "close: 1000 "),
        ["close of one byte"] = new(w => w.Text("a").Frame(0x88, [3]).Text("never"), "text: a", "violation: 1002 §5.5.1"),
        ["close with a forbidden code"] = new(w => w.Close(1005, "x").Text("never"), "violation: 1002 §7.4"),
        ["close with a bad reason"] = new(w => w.Close(1000, "ok\u00FFno").Text("never"), "violation: 1007 §5.5.1"),
        ["close with an unfinished reason"] = new(w => w.Close(1000, Euro[..2]), "violation: 1007 §5.5.1"),
        ["bad text"] = new(w => w.Text("good").Text("ba\u00FFd").Text("never"), "text: good", "violation: 1007 §8.1"),
        ["bad text in a fragment"] = new(w => w.Text("good", false).Ping("x").More("\u00C0\u00AF").More("", true), "text...: good", "ping: x", "violation: 1007 §8.1"),
        ["text that ends inside a character"] = new(w => w.Text(Euro[..2]), "violation: 1007 §8.1"),
        ["text that ends inside a character, by an empty fragment"] = new(w => w.Text(Smile[..3], false).More("", true), "violation: 1007 §8.1"),
        ["bad bytes in binary"] = new(w => w.Binary([0xFF, 0xC0], false).More("\u0080", true), "binary: \u00FF\u00C0\u0080"),
        ["text forgets the message before"] = new(w => w.Text("a" + Euro).Text("b"), "text: a" + Euro, "text: b"),
        ["a continuation of nothing"] = new(w => w.Text("a").More("b", true).Text("never"), "text: a", "violation: 1002 §5.4"),
        ["a message inside a message"] = new(w => w.Text("a", false).Text("b").More("never", true), "text...: a", "violation: 1002 §5.4"),
        ["a reserved bit"] = new(w => w.Ping("a").Frame(0xC1, [65]).Text("never"), "ping: a", "violation: 1002 §5.2"),
        ["a reserved opcode"] = new(w => w.Text("a", false).Frame(0x83, [65]), "text...: a", "violation: 1002 §5.2"),
        ["a fragmented ping"] = new(w => w.Frame(0x09, [65]).Text("never"), "violation: 1002 §5.5"),
        ["a ping of 126 bytes"] = new(w => w.Text("a").Ping(new string('p', 126)), "text: a", "violation: 1002 §5.5"),
        ["the wrong mask"] = new(w => w.Text("a").Frame(0x81, [65], 7, !w.Masked).Text("never"), "text: a", "violation: 1002 §5.1"),
        ["a length written too long"] = new(w => w.Text("a").Frame(0x82, new byte[125], 16, w.Masked), "text: a", "violation: 1002 §5.2"),
        ["a length written far too long"] = new(w => w.Frame(0x82, new byte[130], 64, w.Masked).Text("never"), "violation: 1002 §5.2"),
        ["a negative length"] = new(w => w.Ping("a").Raw(0x82, (byte)(w.Masked ? 255 : 127), 0x80, 0, 0, 0, 0, 0, 0, 1), "ping: a", "violation: 1002 §5.2"),
        ["a length over the limit"] = new(w => w.Text("a").Raw(0x82, (byte)(w.Masked ? 255 : 127), 0, 0, 0, 0, 0, 16, 0, 1), "text: a", "violation: 1009 §10.4"),
    };

    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}

internal sealed class Script(Func<Wire, Wire> sent, params string[] expected)
{
    public IReadOnlyList<string> Expected { get; } = expected;

    public byte[] Bytes(bool masked) => sent(new Wire(masked)).Bytes;
}
