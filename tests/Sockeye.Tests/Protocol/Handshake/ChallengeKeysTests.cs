using System.Security.Cryptography;
using System.Text;

namespace Sockeye.Tests.Protocol.Handshake;

public sealed class ChallengeKeysTests
{
    /// <summary>Published challenges: two keys and the numbers they hide, the third key and the answer in hexadecimal.</summary>
    public static TheoryData<string, uint, string, uint, string, string> Vectors => new()
    {
        { "4 @1  46546xW%0l 1 5", 829309203, "12998 5 Y3 1  .P00", 259970620, Hex("^n:ds[4U"), Hex("8jKS'y:G*Co,Wxa-") },
        { "18x 6]8vM;54 *(5:  {   U1]8  z [  8", 155712099, "1_ tx7X d  <  nw  334J702) 7]o}` 0", 173347027, Hex("Tm[K T2u"), Hex("fQJ,fN/4F4!~K~MH") },
        { "3e6b263  4 17 80", 906585445, "17  9 G`ZD9   2 2b 7X 3 /r90", 179922739, Hex("WjN}|M(6"), Hex("n`9eBk9z$R8pOtVb") },
        { "P388 O503D&ul7 {K%gX( %7  15", 777007543, "1 N ?|k UT0or 3o  4 I97N 5-S3O 31", 114997259, "4730222D5A3F4758", Hex("0st3Rl&q-2ZU^weu") },
        { "36 7   74 i  92 2'm 9 0G", 0, "y  R2 48 Q1O4  e|BV3 i5 1  u- 65", 0, "01D1DD3BD15663FF", "0B99FA55BD01237B45A2F1D0878AEEEB" },
        { "1   38 wZ3f9 23O0 3l 0r", 0, "27   0E 6 2  1665:< ;U 1H", 0, "91253ED3A9E76A88", "B49C6E4053040426E51BBF6CB79F1DF9" },
    };

    [Theory, MemberData(nameof(Vectors))]
    public void Published_challenges_have_their_published_answers(string key1, uint number1, string key2, uint number2, string key3, string answer)
    {
        Assert.True(ChallengeKeys.TryDecode(key1, out uint first));
        Assert.True(ChallengeKeys.TryDecode(key2, out uint second));
        if (number1 != 0) // of the last two only the answers are published
        {
            Assert.Equal((number1, number2), (first, second));
        }

        Assert.Equal(answer, Convert.ToHexString(ChallengeKeys.Answer(key1, key2, Convert.FromHexString(key3))));
    }

    [Theory]
    [InlineData("2 L785 8o% s9Sy9@V. 4<1P5")] // 2785899415 by 4 leaves 3
    [InlineData("4146546015")] // no spaces
    [InlineData("no digits at all")]
    [InlineData("42949 67296")] // one more than 32 bits
    [InlineData("99999999999999999999999999 9")]
    [InlineData("")]
    [InlineData(null)]
    public void Bad_keys_are_refused(string? key)
    {
        Assert.False(ChallengeKeys.TryDecode(key, out uint number));
        Assert.Equal(0u, number);
        var error = Assert.ThrowsAny<ArgumentException>(() => ChallengeKeys.Answer(key!, "1 2 4", new byte[8]));
        Assert.Equal("key1", error.ParamName);
        Assert.Equal("key2", Assert.ThrowsAny<ArgumentException>(() => ChallengeKeys.Answer("1 2 4", key!, new byte[8])).ParamName);
    }

    [Fact]
    public void The_largest_key_is_good() => Assert.True(ChallengeKeys.TryDecode("4294967295 ", out uint number) && number == uint.MaxValue);

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    [InlineData(0)]
    public void The_third_key_has_eight_bytes(int length) =>
        Assert.Equal("key3", Assert.Throws<ArgumentException>(() => ChallengeKeys.Answer("1 2 4", "1 2 4", new byte[length])).ParamName);

    [Fact]
    public void Generated_keys_are_good_and_keep_to_the_draft()
    {
        var random = new Random(76);
        var seen = new HashSet<string>();
        for (int i = 0; i < 40_000; i++)
        {
            string key = ChallengeKeys.Generate(random.Next);
            Assert.True(ChallengeKeys.TryDecode(key, out _), key);
            Assert.Equal(key.Trim(), key);
            Assert.InRange(key.Count(c => c == ' '), 1, 12);
            Assert.InRange(key.Count(c => c != ' ' && !char.IsAsciiDigit(c)), 1, 12);
            Assert.All(key, c => Assert.InRange(c, ' ', '~'));
            seen.Add(key);
        }

        Assert.Equal(40_000, seen.Count);
    }

    [Fact]
    public void A_generator_that_draws_only_its_smallest_or_largest_number_makes_good_keys_too()
    {
        Assert.True(ChallengeKeys.TryDecode(ChallengeKeys.Generate(_ => 0), out uint least));
        Assert.Equal(1u, least);
        Assert.True(ChallengeKeys.TryDecode(ChallengeKeys.Generate(below => below - 1), out uint most));
        Assert.Equal(uint.MaxValue / 12, most);
    }

    [Fact]
    public void The_systems_generator_fits() => Assert.True(ChallengeKeys.TryDecode(ChallengeKeys.Generate(RandomNumberGenerator.GetInt32), out _));

    private static string Hex(string text) => Convert.ToHexString(Encoding.Latin1.GetBytes(text));
}
