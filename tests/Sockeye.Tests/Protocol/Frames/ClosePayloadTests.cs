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
}
