using Sockeye.Protocol.Frames;
using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Messages;

/// <summary>Every limit of a message from both sides: at it, and one over.</summary>
public sealed class MessageLimitTests
{
    private static readonly MessageLimits Small = new(MaxMessageBytes: 1000, MaxFrameBytes: 600, MaxFragments: 1024);

    public static TheoryData<bool, bool> Both => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Both))]
    public void A_message_may_be_as_large_as_the_limit(bool server, bool text)
    {
        var limits = Small with { MaxFrameBytes = long.MaxValue };
        int first = text ? 0x81 : 0x82;
        Assert.Equal([Line(text, 1000)], Run(server, limits, new Wire(server).Frame(first, Payload(1000))));
        Assert.Equal(["violation: 1009 §10.4"], Run(server, limits, new Wire(server).Frame(first, Payload(1001))));
        byte[] head = Wire.Head(first, 1001, 16, server ? [1, 2, 3, 4] : null);
        Assert.Equal(["violation: 1009 §10.4"], Run(server, limits, new Wire(server).Raw(head[..4])));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Fragments_count_together(bool server, bool text)
    {
        int first = text ? 1 : 2;
        Wire Start() => new Wire(server).Frame(first, Payload(500)).Ping("x").Frame(0x00, Payload(499)).Frame(0x00, []);
        Assert.Equal([Piece(text, 500), "ping: x", Line(text, 500)], Run(server, Small, Start().Frame(0x80, Payload(1))));
        Assert.Equal([Piece(text, 500), "ping: x", Piece(text, 499), "violation: 1009 §10.4"], Run(server, Small, Start().Frame(0x80, Payload(2))));
        Assert.Equal([Piece(text, 500), "ping: x", Piece(text, 499), "violation: 1009 §10.4"], Run(server, Small, Start().Frame(0x00, Payload(2))));
        // What one message used is not held against the next.
        byte[] next = Payload(600);
        Assert.Equal(
            [Piece(text, 500), "ping: x", Line(text, 500), Line(text, 600)],
            Run(server, Small, Start().Frame(0x80, Payload(1)).Frame(0x80 + first, next)));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_frame_may_be_as_large_as_the_limit(bool server, bool text)
    {
        int first = text ? 1 : 2;
        Assert.Equal([Line(text, 600)], Run(server, Small, new Wire(server).Frame(0x80 + first, Payload(600))));
        Assert.Equal(["violation: 1009 §10.4"], Run(server, Small, new Wire(server).Frame(0x80 + first, Payload(601))));
        Assert.Equal(["violation: 1009 §10.4"], Run(server, Small, new Wire(server).Frame(first, []).Frame(0x80, Payload(601))));
        Assert.Equal([Line(text, 600)], Run(server, Small, new Wire(server).Frame(first, []).Frame(0x80, Payload(600))));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_message_may_have_1024_fragments_and_empty_ones_count(bool server, bool text)
    {
        foreach (int size in (ReadOnlySpan<int>)[0, 1])
        {
            Wire Fragments(int count)
            {
                var wire = new Wire(server).Frame(text ? 1 : 2, Payload(size));
                for (int i = 1; i < count; i++)
                {
                    wire.Frame(0x00, Payload(size)).Ping();
                }

                return wire;
            }

            var limits = MessageLimits.Default;
            Assert.Equal(1024, limits.MaxFragments);
            var whole = Run(server, limits, Fragments(1023).Frame(0x80, Payload(size)).Frame(text ? 0x81 : 0x82, Payload(size)));
            Assert.Equal(1022 + 2, whole.Count(line => !line.Contains("...", StringComparison.Ordinal)));
            Assert.Equal(whole[^1], Line(text, size));

            var over = Run(server, limits, Fragments(1024).Frame(0x80, Payload(size)));
            Assert.Equal("violation: 1008 §10.4", over[^1]);
            Assert.Equal(1023, over.Count(line => line == "ping: "));
            Assert.Equal(over, Run(server, limits, Fragments(1024).Raw(0x80))); // from its first byte
        }
    }

    [Fact]
    public void A_length_near_the_end_of_the_numbers_is_only_too_big()
    {
        foreach (bool server in (ReadOnlySpan<bool>)[false, true])
        {
            byte[]? key = server ? [1, 2, 3, 4] : null;
            var wire = new Wire(server).Frame(0x02, Payload(5)).Raw(Wire.Head(0x80, long.MaxValue, 64, key));
            var unlimited = new MessageLimits(long.MaxValue, long.MaxValue, int.MaxValue);
            Assert.Equal([Piece(false, 5), "violation: 1009 §10.4"], Run(server, unlimited, wire));
        }
    }

    private static List<string> Run(bool server, MessageLimits limits, Wire wire)
    {
        Role role = server ? Role.Server : Role.Client;
        var whole = Replay.Run(role, limits, wire.Bytes);
        Assert.Equal(whole, Replay.ByteByByte(role, limits, wire.Bytes));
        return whole;
    }

    private static byte[] Payload(int length) => [.. Enumerable.Repeat((byte)'p', length)];

    private static string Line(bool text, int length) => (text ? "text: " : "binary: ") + Replay.Show(Payload(length));

    private static string Piece(bool text, int length) => (text ? "text...: " : "binary...: ") + Replay.Show(Payload(length));
}
