using System.Text;
using Sockeye.Protocol.Text;

namespace Sockeye.Tests.Protocol.Text;

public sealed class AsciiTokensTests
{
    [Fact]
    public void Every_byte_is_in_its_class()
    {
        for (int b = 0; b < 256; b++)
        {
            byte[] one = [(byte)b];
            // RFC 9110 §5.6.2: any VCHAR except delimiters
            bool token = b is > 0x20 and < 0x7F && !"\"(),/:;<=>?@[\\]{}".Contains((char)b);
            Assert.Equal(token, AsciiTokens.IsToken(one));
            Assert.Equal(token, AsciiTokens.IsToken(Encoding.Latin1.GetString(one)));
            Assert.Equal(b is >= '0' and <= '9', AsciiTokens.IsDigits(one));
            Assert.Equal(b is 0x7F || (b < 0x20 && b != 9), AsciiTokens.ControlBytes.Contains((byte)b));
            Assert.Equal(b is 0x20 or 9, AsciiTokens.TrimWhiteSpace(one).IsEmpty);
        }
    }

    [Fact]
    public void Nothing_is_neither_a_token_nor_digits()
    {
        Assert.False(AsciiTokens.IsToken(""u8));
        Assert.False(AsciiTokens.IsToken(""));
        Assert.False(AsciiTokens.IsDigits(""u8));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(" , ,\t,", "")]
    [InlineData("a", "a")]
    [InlineData(" a ,\tb c\t,,d", "a|b c|d")]
    [InlineData(",a,", "a")]
    public void A_list_is_walked_without_its_empty_elements(string list, string elements)
    {
        List<string> found = [];
        foreach (var element in AsciiTokens.Elements(Encoding.Latin1.GetBytes(list)))
        {
            found.Add(Encoding.Latin1.GetString(element));
        }

        Assert.Equal(elements, string.Join('|', found));
    }
}
