using Sockeye.Protocol.Http;

namespace Sockeye.Tests.Protocol.Http;

public sealed class AuthorityTests
{
    [Theory]
    [InlineData("example.com", "example.com", -1)]
    [InlineData("example.com:80", "example.com", 80)]
    [InlineData("EXAMPLE.com:8080", "EXAMPLE.com", 8080)]
    [InlineData("a", "a", -1)]
    [InlineData("a:", "a", -1)]
    [InlineData("a.", "a.", -1)]
    [InlineData("a.example.:443", "a.example.", 443)]
    [InlineData("my_host-1~x.y", "my_host-1~x.y", -1)]
    [InlineData("127.0.0.1:9", "127.0.0.1", 9)]
    [InlineData("999.999.999.999", "999.999.999.999", -1)]
    [InlineData("[::1]", "[::1]", -1)]
    [InlineData("[::1]:443", "[::1]", 443)]
    [InlineData("[::]:", "[::]", -1)]
    [InlineData("[2001:DB8::1]:1", "[2001:DB8::1]", 1)]
    [InlineData("[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]", -1)]
    [InlineData("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]", "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]", -1)]
    public void A_host_and_its_port_are_taken_apart(string text, string host, int port)
    {
        Assert.True(Authority.TryParse(Heads.Bytes(text), out Authority authority));
        Assert.Equal(host, HttpHead.Decode(authority.Host));
        Assert.Equal(port, authority.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData(".")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a..")]
    [InlineData("a b")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\0")]
    [InlineData("a\t:80")]
    [InlineData("caf\xE9")]
    [InlineData("a%41")]
    [InlineData("user@host")]
    [InlineData("user:pass@host")]
    [InlineData("a,b")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a\\b")]
    [InlineData("http://a")]
    [InlineData("a:b")]
    [InlineData("a:80:80")]
    [InlineData("a: 80")]
    [InlineData("a:80 ")]
    [InlineData("a:+80")]
    [InlineData("a:-1")]
    [InlineData("a:8_0")]
    [InlineData("a:0x50")]
    [InlineData("::1")]
    [InlineData("::1:80")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[]:80")]
    [InlineData("[:]")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[::1]]")]
    [InlineData("[[::1]]")]
    [InlineData("[::1]80")]
    [InlineData("[::1].")]
    [InlineData("[::1]a:80")]
    [InlineData("[::1]:x")]
    [InlineData("[::1%25eth0]")]
    [InlineData("[fe80::1%1]")]
    [InlineData("[::1/128]")]
    [InlineData("[127.0.0.1]")]
    [InlineData("[localhost]")]
    [InlineData("[1]")]
    [InlineData("[v1.a:b]")]
    [InlineData("[::12345]")]
    [InlineData("[1:2:3:4:5:6:7]")]
    [InlineData("[1:2:3:4:5:6:7:8:9]")]
    [InlineData("[1::2::3]")]
    [InlineData("[ ::1]")]
    [InlineData("[::1]:65536")]
    public void What_is_not_a_host_and_a_port_is_refused(string text) => Assert.False(Authority.TryParse(Heads.Bytes(text), out _));

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("65535", true)]
    [InlineData("65536", false)]
    [InlineData("99999", false)]
    [InlineData("00000", false)]
    [InlineData("00080", true)]
    [InlineData("000080", false)]
    [InlineData("4294967376", false)] // 80 when cut to 32 bits
    public void A_port_is_1_to_65535_in_at_most_five_digits(string port, bool good)
    {
        foreach (string host in (string[])["a", "127.0.0.1", "[::1]"])
        {
            Assert.Equal(good, Authority.TryParse(Heads.Bytes($"{host}:{port}"), out Authority authority));
            if (good) Assert.Equal(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), authority.Port);
        }
    }

    [Fact]
    public void Every_byte_in_a_name_is_judged()
    {
        for (int b = 0; b < 256; b++)
        {
            bool good = b < 128 && (char.IsAsciiLetterOrDigit((char)b) || "-._~:".Contains((char)b));
            Assert.Equal(good, Authority.TryParse([(byte)'a', (byte)b], out _));
        }
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LocalHost:80", true)]
    [InlineData("localhost.", true)]
    [InlineData("a.localhost", true)]
    [InlineData("a.b.LOCALHOST.:1", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.255.255:80", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("[0:0:0:0:0:0:0:1]", true)]
    [InlineData("localhost.example", false)]
    [InlineData("notlocalhost", false)]
    [InlineData("localhos", false)]
    [InlineData("127.0.0.1.example", false)]
    [InlineData("127.0.0", false)]
    [InlineData("127.1", false)]
    [InlineData("127.0.0.1.1", false)]
    [InlineData("127.0.0.256", false)]
    [InlineData("127.0.0.01", false)]
    [InlineData("0127.0.0.1", false)]
    [InlineData("127.0.0.1.", false)]
    [InlineData("127.0.0.-1", false)]
    [InlineData("2130706433", false)]
    [InlineData("0x7f.0.0.1", false)]
    [InlineData("128.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("[::]", false)]
    [InlineData("[::2]", false)]
    [InlineData("[fe80::1]", false)]
    public void The_machine_itself_is_known_by_its_names(string text, bool loopback)
    {
        Assert.True(Authority.TryParse(Heads.Bytes(text), out Authority authority));
        Assert.Equal(loopback, authority.IsLoopback);
    }

    [Theory]
    [InlineData("a.example", "A.EXAMPLE", true)]
    [InlineData("[::1]", "[0:0::0:1]", true)]
    [InlineData("[2001:DB8::A]", "[2001:db8:0::000a]", true)]
    [InlineData("[::ffff:1.2.3.4]", "[::ffff:102:304]", true)]
    [InlineData("a.example", "a.example.", false)]
    [InlineData("a.example", "b.example", false)]
    [InlineData("a", "aa", false)]
    [InlineData("a-b", "a\rb", false)] // they differ in the bit that tells the cases of letters apart
    [InlineData("[::1]", "::1", false)]
    [InlineData("[::1]", "[::2]", false)]
    [InlineData("127.0.0.1", "[::ffff:127.0.0.1]", false)]
    public void Hosts_are_the_same_whatever_their_spelling(string a, string b, bool same)
    {
        Assert.Equal(same, Authority.SameHost(Heads.Bytes(a), Heads.Bytes(b)));
        Assert.Equal(same, Authority.SameHost(Heads.Bytes(b), Heads.Bytes(a)));
    }

    [Theory]
    [InlineData("A.Example", "a.example")]
    [InlineData("a.", "a.")]
    [InlineData("[0:0:0:0:0:0:0:1]", "[::1]")]
    [InlineData("[2001:DB8:0:0::A]", "[2001:db8::a]")]
    public void A_host_has_one_normal_spelling(string host, string normal) => Assert.Equal(normal, Authority.Normalize(Heads.Bytes(host)));

    [Theory]
    [InlineData("a.example.", "a.example")]
    [InlineData("a.example", "a.example")]
    [InlineData(".", ".")]
    [InlineData("", "")]
    public void The_dot_of_the_root_can_be_left_out(string host, string without) =>
        Assert.Equal(without, HttpHead.Decode(Authority.WithoutRootDot(Heads.Bytes(host))));
}
