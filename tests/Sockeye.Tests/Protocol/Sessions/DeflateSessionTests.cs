using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Sessions;
using Sockeye.Tests.Protocol.Extensions.Deflate;
using Sockeye.Tests.Protocol.Support;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Sessions;

/// <summary>Compressed messages as a session reads them: the standard's examples, every rule that can be broken, every cut.</summary>
public sealed class DeflateSessionTests
{
    private const int Rsv1Text = 0xC1;
    private const int Rsv1Binary = 0xC2;

    private static readonly DeflateParameters Takeover = new(false, false, 15, 15);
    private static readonly DeflateParameters Fresh = new(true, true, 15, 15);

    private static readonly Dictionary<string, DeflateScript> s_scripts = new()
    {
        ["one frame (RFC 7692 §7.2.3.1)"] = new(w => Text(w, "f248cdc9c90700"), "text: Hello"),
        ["two frames (§7.2.3.1)"] = new(w => w.Frame(0x41, Hex("f248cd")).Frame(0x80, Hex("c9c90700")), "text: Hello"),
        ["a shared window (§7.2.3.2)"] = new(w => Text(Text(w, "f248cdc9c90700"), "f200110000"), "text: Hello", "text: Hello") { NeedsTakeover = true },
        ["a stored block (§7.2.3.3)"] = new(w => Text(w, "000500faff48656c6c6f00"), "text: Hello"),
        ["a final block (§7.2.3.4)"] = new(w => Text(w, "f348cdc9c9070000"), "text: Hello"),
        ["two blocks (§7.2.3.5)"] = new(w => Text(w, "f248050000 00ffffcac9c90700"), "text: Hello"),
        ["an empty message (§7.2.3.6)"] = new(w => Text(w, "00"), "text: "),
        ["an empty message without payload"] = new(w => Text(Text(w, ""), "f248cdc9c90700"), "text: ", "text: Hello"),
        ["an empty message of empty fragments"] = new(w => Text(w.Frame(0x41, []).Frame(0, []).Frame(0x80, []), "f248cdc9c90700"), "text: ", "text: Hello"),
        ["a final block that ends the message"] = new(w => Text(Text(w, "f348cdc9c90700"), "f248cdc9c90700"), "text: Hello", "text: Hello"),
        ["blocks after a final one"] = new(w => Text(w, "f348cdc9c90700 f348cdc9c90700 f248cdc9c90700"), "text: HelloHelloHello"),
        ["a final block in fragments of one byte"] = new(
            w => w.Frame(0x41, [0xf3]).More("\u0048").More("\u00cd").More("\u00c9").More("\u00c9").More("\u0007").More("\u0000").More("\0", true), "text: Hello"),
        ["plain and compressed messages side by side"] = new(
            w => Text(w.Text("plain"), "f248cdc9c90700").Binary([1, 2]).Ping("p").Frame(Rsv1Binary, Hex("f248cdc9c90700")),
            "text: plain", "text: Hello", "binary: \u0001\u0002", "ping: p", "binary: Hello"),
        ["a control frame between fragments"] = new(
            w => w.Frame(0x41, Hex("f248cd")).Ping("x").Frame(0x80, Hex("c9c90700")), "text...: He", "ping: x", "text: llo"),
        ["an empty first fragment"] = new(w => w.Frame(0x41, []).Frame(0x80, Hex("f248cdc9c90700")), "text: Hello"),
        ["a compressed message after a close"] = new(w => Text(w.Close(1000), "f248cdc9c90700"), "close: 1000 "),
        ["a reserved type of block"] = new(w => Text(w, "07"), "violation: 1007 §7.2.2"),
        ["a length that does not fit its complement"] = new(w => Text(w, "0005000000 0102"), "violation: 1007 §7.2.2"),
        ["a reference behind the start"] = new(w => Text(w, "4b044300"), "violation: 1007 §7.2.2"),
        ["a reference behind a final block"] = new(w => Text(Text(w, "f348cdc9c9070000"), "f200110000"), "text: Hello", "violation: 1007 §7.2.2"),
        ["a message that is cut short"] = new(w => Text(w, "f248cdc9"), "violation: 1007 §7.2.2"),
        ["a message cut within a stored block"] = new(w => Text(w, "000500faff4865"), "violation: 1007 §7.2.2"),
        ["a message whose last bytes were not taken away"] = new(w => Text(w, "f248cdc9c907000000ffff"), "violation: 1007 §7.2.2"),
        ["the next message after one that was cut short"] = new(w => Text(Text(w, "f248cd"), "c9c90700"), "violation: 1007 §7.2.2"),
        ["bad text"] = new(w => Text(w, "000200fdffc0ff00"), "violation: 1007 §8.1"),
        ["bad text before corrupt data"] = new(w => Text(w, "000200fdffc0ff07"), "violation: 1007 §8.1"),
        ["text that ends within a character"] = new(w => Text(w, "000200fdffe28200"), "violation: 1007 §8.1"),
        ["a character cut by fragments"] = new(w => w.Frame(0x41, Hex("000200fdffe282")).Frame(0x80, Hex("000100feffac00")), "text: \u00e2\u0082\u00ac"),
        ["bad bytes in binary"] = new(w => w.Frame(Rsv1Binary, Hex("000200fdffc0ff00")), "binary: \u00c0\u00ff"),
        ["RSV1 on a continuation"] = new(w => w.Frame(0x41, Hex("f248cd")).Frame(0xC0, Hex("c9c90700")), "text...: He", "violation: 1002 §5.2"),
        ["RSV1 on a continuation of plain text"] = new(w => w.Text("ab", false).Frame(0xC0, Hex("00")), "text...: ab", "violation: 1002 §5.2"),
        ["RSV1 on a ping"] = new(w => w.Frame(0xC9, Hex("00")), "violation: 1002 §5.2"),
        ["RSV1 on a pong"] = new(w => w.Frame(0xCA, Hex("00")), "violation: 1002 §5.2"),
        ["RSV1 on a close"] = new(w => w.Frame(0xC8, Hex("03e8")), "violation: 1002 §5.2"),
        ["RSV2 on a compressed text"] = new(w => w.Frame(0xE1, Hex("00")), "violation: 1002 §5.2"),
        ["RSV3 on a text"] = new(w => w.Frame(0x91, Hex("00")), "violation: 1002 §5.2"),
    };

    public static TheoryData<string, bool, bool> Scripts =>
        [.. from name in s_scripts.Keys from server in new[] { true, false } from takeover in new[] { true, false } select (name, server, takeover)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_gives_the_same_however_it_is_cut(string name, bool server, bool takeover)
    {
        var script = s_scripts[name];
        byte[] wire = script.Bytes(masked: server);
        var role = server ? Role.Server : Role.Client;
        var deflate = takeover ? Takeover : Fresh;
        if (script.NeedsTakeover && !takeover)
        {
            Assert.Equal([script.Expected[0], "violation: 1007 §7.2.2"], Replay.Run(role, MessageLimits.Default, deflate, wire));
            return;
        }

        var whole = Replay.Run(role, MessageLimits.Default, deflate, wire);
        Assert.Equal(script.Expected, whole);
        for (int cut = 1; cut < wire.Length; cut++)
        {
            Assert.Equal(script.Expected, Replay.Run(role, MessageLimits.Default, deflate, wire, cut));
        }

        Assert.Equal(script.Expected, Replay.ByteByByte(role, MessageLimits.Default, wire, deflate));
    }

    [Fact]
    public void Without_an_agreement_RSV1_is_a_violation() =>
        Assert.Equal(["violation: 1002 §5.2"], Replay.Run(Role.Server, MessageLimits.Default, Text(new Wire(true), "f248cdc9c90700").Bytes));

    [Theory]
    [InlineData(999, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void A_message_is_as_long_as_what_comes_of_it(int bytes, bool fits)
    {
        var limits = new MessageLimits(1000, long.MaxValue, 10);
        byte[] wire = new Wire(true).Frame(Rsv1Binary, Payload(new byte[bytes])).Bytes;
        string expected = fits ? "binary: " + Replay.Show(new byte[bytes]) : "violation: 1009 §8";

        Assert.Equal([expected], Replay.Run(Role.Server, limits, Takeover, wire));
        Assert.Equal([expected], Replay.ByteByByte(Role.Server, limits, wire, Takeover));
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(430, false)]
    public void A_compressed_payload_has_a_limit_too(int blocks, bool fits)
    {
        // Empty stored blocks: payload of which nothing comes. A thousand bytes may become 2,149, and 430 blocks are 2,151.
        var limits = new MessageLimits(1000, long.MaxValue, 10);
        byte[] payload = [.. Enumerable.Repeat<byte[]>([0, 0, 0, 0xFF, 0xFF], blocks).SelectMany(block => block), 0];
        string expected = fits ? "binary: " : "violation: 1009 §10.4";

        Assert.Equal([expected], Replay.Run(Role.Server, limits, Takeover, new Wire(true).Frame(Rsv1Binary, payload).Bytes));
        Assert.Equal(
            [expected],
            Replay.Run(Role.Server, limits, Takeover, new Wire(true).Frame(0x42, payload[..1000]).Frame(0x80, payload[1000..]).Bytes));
    }

    [Fact]
    public void A_ratio_counts_beyond_64_KiB()
    {
        byte[] message = new byte[400_000];
        new Random(1).NextBytes(message.AsSpan(0, 5000));
        byte[] payload = Payload(message);
        byte[] wire = new Wire(true).Frame(Rsv1Binary, payload).Bytes;
        int ratio = (message.Length - 65_536 + payload.Length - 1) / payload.Length;
        Assert.InRange(ratio, 10, 100);

        foreach (var (most, expected) in new[] { (ratio, "binary: " + Replay.Show(message)), (ratio - 1, "violation: 1009 §8") })
        {
            var limits = new MessageLimits(1 << 20, long.MaxValue, 10, most);
            Assert.Equal([expected], Replay.Run(Role.Server, limits, Takeover, wire));
            Assert.Equal([expected], Replay.ByteByByte(Role.Server, limits, wire, Takeover));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_bomb_takes_no_more_memory_than_its_pieces(int fragments)
    {
        byte[] payload = Payload(new byte[100 << 20]);
        var wire = new Wire(true);
        int size = (payload.Length / fragments) + 1;
        for (int at = 0; at < payload.Length; at += size)
        {
            bool last = at + size >= payload.Length;
            wire.Frame((last ? 0x80 : 0) | (at == 0 ? 0x42 : 0), payload[at..Math.Min(at + size, payload.Length)]);
        }

        byte[] bytes = wire.Bytes;
        using var session = new Session(Role.Server, new MessageLimits(1 << 20, long.MaxValue, 1024), deflate: Takeover);
        Span<byte> input = bytes;
        var found = default(SessionEvent);
        long inflated = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (session.TryRead(ref input, ref found) && found.Kind == ClosingEvent.Data)
        {
            inflated += found.Payload.Length;
        }

        Assert.Equal(CloseCode.MessageTooBig, found.Violation?.Code);
        Assert.InRange(inflated, (1 << 20) - 16384, 1 << 20);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reading_compressed_messages_allocates_nothing(bool takeover)
    {
        byte[] message = Samples.Json(1, 1024);
        byte[] payload = Payload(message);
        byte[] wire = new Wire(true).Frame(Rsv1Text, payload).Bytes;
        byte[] input = new byte[wire.Length];
        using var session = new Session(Role.Server, MessageLimits.Default, deflate: takeover ? Takeover : Fresh);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                wire.CopyTo(input, 0);
                Span<byte> rest = input;
                var found = default(SessionEvent);
                Assert.True(session.TryRead(ref rest, ref found));
                Assert.True(found.EndOfMessage && found.Payload.SequenceEqual(message));
                Assert.False(session.TryRead(ref rest, ref found));
            }
        }));
    }

    private static Wire Text(Wire wire, string hex) => wire.Frame(Rsv1Text, Hex(hex));

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Payload(byte[] message)
    {
        using var deflater = new MessageDeflater(new DeflaterSettings(6, 15, 8), keepsContext: true);
        return deflater.Deflate(message, true, true, out int length)!.AsSpan(0, length).ToArray();
    }
}
