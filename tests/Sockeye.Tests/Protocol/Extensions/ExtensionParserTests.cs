using Sockeye.Protocol.Extensions;
using Sockeye.Tests.Protocol.Http;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Extensions;

public sealed class ExtensionParserTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" , ,\t", "")]
    [InlineData("foo", "foo")]
    [InlineData(" foo , bar ", "foo|bar")]
    [InlineData("foo,,bar,", "foo|bar")]
    [InlineData("foo;a", "foo;a")]
    [InlineData("foo ; a = b ; c", "foo;a=b;c")]
    [InlineData("foo;a=\"b\"", "foo;a=b")]
    [InlineData("foo;a=\"\\b\\\\c\"", null)]
    [InlineData("foo;a=\"\\b\\c\"", "foo;a=bc")]
    [InlineData("foo;a=b;a=c", "foo;a=b;a=c")]
    [InlineData("permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate",
        "permessage-deflate;client_max_window_bits;server_max_window_bits=10|permessage-deflate")]
    [InlineData("foo;", null)]
    [InlineData("foo;;a", null)]
    [InlineData(";a", null)]
    [InlineData("=", null)]
    [InlineData("foo=1", null)]
    [InlineData("foo;=1", null)]
    [InlineData("foo;a=", null)]
    [InlineData("foo;a=,bar", null)]
    [InlineData("foo bar", null)]
    [InlineData("foo;a b", null)]
    [InlineData("foo;a=b c", null)]
    [InlineData("foo;a=\"", null)]
    [InlineData("foo;a=\"b", null)]
    [InlineData("foo;a=\"b\\", null)]
    [InlineData("foo;a=\"b\\\"", null)]
    [InlineData("foo;a=\"\"", null)]
    [InlineData("foo;a=\"b c\"", null)]
    [InlineData("foo;a=\"b,c\"", null)]
    [InlineData("foo;a=\"b\"c", null)]
    [InlineData("foo;a=\"\\\"\"", null)]
    [InlineData("foo;\"a\"=b", null)]
    [InlineData("\"foo\"", null)]
    [InlineData("f\xE9", null)]
    [InlineData("foo;a='b'", "foo;a='b'")]
    [InlineData("foo/1", null)]
    [InlineData("foo;a==b", null)]
    [InlineData("__proto__;constructor", "__proto__;constructor")]
    public void Grammar(string text, string? expected)
    {
        var offers = new List<ExtensionOffer>();
        bool good = ExtensionParser.TryParse(Heads.Bytes(text), offers);
        Assert.Equal(expected is not null, good);
        if (expected is not null) Assert.Equal(expected, string.Join('|', offers.Select(Show)));
    }

    // The inputs that took quadratic or exponential time elsewhere (CVE-2020-7662, CVE-2020-7663, CVE-2021-32640).
    [Theory]
    [InlineData("a;b=\"", "\\c")]
    [InlineData("a;b=\"", "c")]
    [InlineData("a", " ")]
    [InlineData("a", ",")]
    [InlineData("", "a,")]
    [InlineData("a", ";b")]
    [InlineData("a", ";b=\"c\"")]
    [InlineData("a;b", "\t ")]
    public void MemoryIsLinear(string start, string repeat)
    {
        Cost(1000);
        long small = Cost(16_000);
        long large = Cost(32_000);
        Assert.True(large <= small * 2.5 + 4096, $"{small} bytes of memory, then {large}");

        long Cost(int size)
        {
            byte[] bytes = Heads.Bytes(start + string.Concat(Enumerable.Repeat(repeat, size / repeat.Length)));
            return Allocations.Least(() => ExtensionParser.TryParse(bytes, new List<ExtensionOffer>()), 3);
        }
    }

    private static string Show(ExtensionOffer offer) =>
        offer.Name + string.Concat(offer.Parameters.Select(p => p.Value is null ? $";{p.Name}" : $";{p.Name}={p.Value}"));
}
