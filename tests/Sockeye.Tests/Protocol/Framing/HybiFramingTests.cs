using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;
using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Framing;

public sealed class HybiFramingTests
{
    private static readonly byte[] Key = [0x37, 0xFA, 0x21, 0x3D];

    [Theory]
    [InlineData(false, false, 0x00)]
    [InlineData(false, true, 0x00)]
    [InlineData(true, false, 0x00)]
    [InlineData(true, true, 0x00)]
    [InlineData(false, false, 0x40)]
    [InlineData(false, true, 0x40)]
    [InlineData(true, false, 0x40)]
    [InlineData(true, true, 0x40)]
    public void Every_two_bytes_are_judged_as_the_standard_says_at_the_earliest_byte(bool server, bool inMessage, byte reserved)
    {
        var rules = Rules(server) with { MessageInProgress = inMessage, AllowedReservedBits = reserved };
        List<string> wrong = [];
        for (int head = 0; head <= 0xFFFF; head++)
        {
            byte[] bytes = [(byte)(head >> 8), (byte)head];
            var first = HeadOracle.First(bytes[0], inMessage, reserved);
            var second = first ?? HeadOracle.Second(bytes[0], bytes[1], server);
            bool readFirst = HybiFraming.TryReadHeader(bytes.AsSpan(0, 1), rules, out _, out var atFirst);
            bool readBoth = HybiFraming.TryReadHeader(bytes, rules, out var header, out var atSecond);
            bool complete = second is null && !server && (bytes[1] & 127) < 126;
            bool right = !readFirst && HeadOracle.Is(first, atFirst) && HeadOracle.Is(second, atSecond) && readBoth == complete
                && (!complete || header == new FrameHeader(
                    (Opcode)(bytes[0] & 15), bytes[0] >= 128, (byte)(bytes[0] & 0x70), bytes[1] & 127, 0, 2));
            if (!right)
            {
                wrong.Add($"{head:X4}: {first}/{second}, not {atFirst?.Message}/{atSecond?.Message}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong: {string.Join('\n', wrong.Take(10))}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_length_is_read_in_its_shortest_form_only(bool server)
    {
        foreach (ulong length in Interesting())
        foreach (int form in (ReadOnlySpan<int>)[7, 16, 64])
        {
            if (length >= (form == 7 ? 126ul : form == 16 ? 65536ul : ulong.MaxValue))
            {
                continue;
            }

            // RFC 6455 §5.2: the minimal number of bytes MUST be used; the most significant bit MUST be 0.
            (int At, string? Rule) expected = form == 64 && length > long.MaxValue ? (3, "top bit")
                : form == 64 && length < 65536 ? (10, "shortest")
                : form == 16 && length < 126 ? (4, "shortest")
                : (0, null);
            AssertAt(Wire.Head(0x82, length, form, server ? Key : null), Rules(server), expected.At, expected.Rule, (long)length);
        }
    }

    [Fact]
    public void Every_length_written_too_long_is_refused()
    {
        for (ulong length = 0; length <= 65536; length++)
        {
            Assert.Equal(length < 126, Refused(length, 16) && length < 65536);
            Assert.Equal(length < 65536, Refused(length, 64));
        }

        static bool Refused(ulong length, int form)
        {
            HybiFraming.TryReadHeader(Wire.Head(0x82, length, form, null), Rules(false), out _, out var violation);
            return violation is { Code: CloseCode.ProtocolError, Section: "RFC 6455 §5.2" };
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_length_over_a_limit_is_refused_before_the_mask_and_the_payload(bool server)
    {
        foreach (long limit in (ReadOnlySpan<long>)[0, 1, 124, 125, 126, 127, 65534, 65535, 65536, 1 << 20, int.MaxValue, uint.MaxValue, long.MaxValue - 1])
        foreach (int first in (ReadOnlySpan<int>)[0x81, 0x02])
        foreach (bool frame in (ReadOnlySpan<bool>)[false, true])
        {
            var rules = frame ? Rules(server) with { MaxFrameBytes = limit } : Rules(server) with { MessageBytesLeft = limit };
            Check(limit, 0, null);
            Check(limit + 1, -1, frame ? "a frame is larger" : "a message is larger");

            void Check(long length, int at, string? rule)
            {
                int form = length < 126 ? 7 : length < 65536 ? 16 : 64;
                int headBytes = form == 7 ? 2 : form == 16 ? 4 : 10;
                AssertAt(Wire.Head(first, (ulong)length, form, server ? Key : null), rules, at < 0 ? headBytes : 0, rule, length);
            }
        }
    }

    [Fact]
    public void Limits_of_messages_are_not_for_control_frames()
    {
        var rules = Rules(false) with { MaxFrameBytes = 0, MessageBytesLeft = 0, FragmentsLeft = 0 };
        Assert.True(HybiFraming.TryReadHeader([0x89, 125], rules, out var header, out _));
        Assert.Equal(125, header.PayloadLength);
    }

    [Fact]
    public void A_continuation_past_the_last_fragment_is_refused_at_its_first_byte()
    {
        var rules = Rules(true) with { MessageInProgress = true, FragmentsLeft = 1 };
        Assert.False(HybiFraming.TryReadHeader([0x00], rules, out _, out var violation));
        Assert.Null(violation);
        Assert.False(HybiFraming.TryReadHeader([0x00], rules with { FragmentsLeft = 0 }, out _, out violation));
        Assert.Equal(CloseCode.PolicyViolation, violation!.Code);
    }

    [Fact]
    public void A_head_is_written_in_its_shortest_form()
    {
        byte[] target = new byte[FrameHeader.MaxSize];
        foreach (ulong length in Interesting().Where(length => length <= long.MaxValue))
        {
            int form = length < 126 ? 7 : length < 65536 ? 16 : 64;
            foreach (int first in (ReadOnlySpan<int>)[0x81, 0x02, 0xC1, 0x80])
            {
                int plain = HybiFraming.WriteHeader(target, (byte)first, (long)length, null);
                Assert.Equal(Wire.Head(first, length, form, null), target[..plain]);
                int masked = HybiFraming.WriteHeader(target, (byte)first, (long)length, 0x3D21FA37);
                Assert.Equal(Wire.Head(first, length, form, Key), target[..masked]);
            }
        }
    }

    [Fact]
    public void A_first_byte_is_fin_and_opcode()
    {
        Assert.Equal(0x81, HybiFraming.FirstByte(Opcode.Text, fin: true));
        Assert.Equal(0x00, HybiFraming.FirstByte(Opcode.Continuation, fin: false));
        Assert.Equal(0x88, HybiFraming.FirstByte(Opcode.Close, fin: true));
    }

    private static FrameRules Rules(bool server) => new(server, false, 0, long.MaxValue, long.MaxValue, long.MaxValue, 1024);

    private static SortedSet<ulong> Interesting()
    {
        SortedSet<ulong> lengths = [0, 1, 2, 3, 124, 125, 126, 127, 128, 1000, 65534, 65535, 65536, 65537];
        for (int bit = 1; bit < 64; bit++)
        {
            lengths.UnionWith([(1ul << bit) - 1, 1ul << bit, (1ul << bit) + 1]);
        }

        lengths.Add(ulong.MaxValue - 1);
        return lengths;
    }

    /// <summary>Reads every prefix of a head: a rule is broken from byte <paramref name="at"/> on, or the whole head is good and only the whole.</summary>
    private static void AssertAt(byte[] head, FrameRules rules, int at, string? rule, long length)
    {
        for (int bytes = 0; bytes <= head.Length; bytes++)
        {
            bool read = HybiFraming.TryReadHeader(head.AsSpan(0, bytes), rules, out var header, out var violation);
            string what = $"{Convert.ToHexString(head)} at byte {bytes}: {violation?.Message}";
            Assert.True(read == (rule is null && bytes == head.Length), what);
            Assert.True(rule is not null && bytes >= at ? violation?.Message.Contains(rule, StringComparison.Ordinal) == true : violation is null, what);
            if (read)
            {
                Assert.Equal((length, head.Length, rules.FromClient ? 0x3D21FA37u : 0), (header.PayloadLength, header.Size, header.MaskKey));
            }
        }
    }
}
