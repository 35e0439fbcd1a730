using System.Text;
using Sockeye.Protocol.Frames;

namespace Sockeye.Tests.Protocol.Frames;

public sealed class ClosePayloadTests
{
    [Fact]
    public void A_reason_is_cut_between_characters()
    {
        foreach (string character in new[] { "a", "\u00E9", "\u20AC", "\U0001F600" })
        for (int before = 0; before <= 130; before++)
        {
            string reason = new string('x', before) + string.Concat(Enumerable.Repeat(character, 130));
            byte[] target = new byte[FrameHeader.MaxControlPayload];
            int length = ClosePayload.Write(target, CloseCode.GoingAway, reason);
            int size = Encoding.UTF8.GetByteCount(character);
            int expected = before >= 123 ? 123 : before + ((123 - before) / size * size);
            Assert.Equal(2 + expected, length);
            Assert.Null(ClosePayload.Check(target.AsSpan(0, length), complete: true));
            var (code, read) = ClosePayload.Read(target.AsSpan(0, length));
            Assert.Equal(CloseCode.GoingAway, code);
            Assert.StartsWith(read, reason, StringComparison.Ordinal);
            Assert.False(target.AsSpan(length).ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void A_broken_reason_is_written_as_valid_text()
    {
        byte[] target = new byte[FrameHeader.MaxControlPayload];
        foreach (string reason in new[] { "\uD800", "a\uDC00b", new string('\uD83D', 200), new string('x', 122) + "\uD83D", new string('x', 123) + "\uD83D" })
        {
            int length = ClosePayload.Write(target, CloseCode.Normal, reason);
            Assert.InRange(length, 2, 125);
            Assert.Null(ClosePayload.Check(target.AsSpan(0, length), complete: true));
        }
    }

    [Fact]
    public void No_code_is_no_body()
    {
        Assert.Equal(0, ClosePayload.Write(default, CloseCode.NoCode, "unsaid"));
        Assert.Equal((CloseCode.NoCode, ""), ClosePayload.Read(default));
        Assert.Null(ClosePayload.Check(default, complete: true));
    }

    [Fact]
    public void One_byte_is_no_body_once_it_is_all()
    {
        Assert.Null(ClosePayload.Check([3], complete: false));
        Assert.Equal(CloseCode.ProtocolError, ClosePayload.Check([3], complete: true)!.Code);
    }

    [Fact]
    public void A_bad_code_goes_before_a_bad_reason_and_both_before_the_end()
    {
        Assert.Equal(CloseCode.ProtocolError, ClosePayload.Check([3, 0xED], complete: false)!.Code); // 1005
        Assert.Equal(CloseCode.ProtocolError, ClosePayload.Check([3, 0xED, 0xFF], complete: true)!.Code);
        Assert.Equal(CloseCode.InvalidPayload, ClosePayload.Check([3, 0xE8, 0xE0, 0x80], complete: false)!.Code);
        Assert.Null(ClosePayload.Check([3, 0xE8, 0xE2, 0x82], complete: false));
        Assert.Equal(CloseCode.InvalidPayload, ClosePayload.Check([3, 0xE8, 0xE2, 0x82], complete: true)!.Code);
    }

    [Theory]
    [InlineData(CloseCode.Normal, "bye", "03E8627965")]
    [InlineData((CloseCode)4999, "", "1387")]
    [InlineData(CloseCode.NoCode, "", "")]
    [InlineData(CloseCode.GoingAway, "\u00E9", "03E9C3A9")]
    public void A_body_is_built_and_parsed(CloseCode code, string reason, string body)
    {
        Assert.Equal(body, Convert.ToHexString(ClosePayload.Build(code, reason)));
        Assert.True(ClosePayload.TryParse(Convert.FromHexString(body), out var parsed, out string words, out var violation));
        Assert.Equal((code, reason), (parsed, words));
        Assert.Null(violation);
    }

    [Theory]
    [InlineData("03", CloseCode.ProtocolError)]
    [InlineData("03ED", CloseCode.ProtocolError)] // 1005 is never on the wire
    [InlineData("03E8FF", CloseCode.InvalidPayload)]
    [InlineData("03E8C3", CloseCode.InvalidPayload)]
    public void A_bad_body_is_a_violation_and_says_nothing(string body, CloseCode code)
    {
        Assert.False(ClosePayload.TryParse(Convert.FromHexString(body), out var parsed, out string reason, out var violation));
        Assert.Equal((code, CloseCode.NoCode, ""), (violation.Code, parsed, reason));
    }

    [Fact]
    public void What_must_not_be_sent_is_not_built()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClosePayload.Build((CloseCode)1004));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClosePayload.Build(CloseCode.Abnormal));
        Assert.Throws<ArgumentException>(() => ClosePayload.Build(CloseCode.NoCode, "why"));
        Assert.Throws<ArgumentException>(() => ClosePayload.Build(CloseCode.Normal, new string('x', 124)));
        Assert.Equal(125, ClosePayload.Build(CloseCode.Normal, new string('x', 123)).Length);
        Assert.False(ClosePayload.TryParse(new byte[126], out _, out _, out _));
    }
}
