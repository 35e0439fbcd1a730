using Sockeye.Protocol.Handshake;
using Sockeye.Tests.Protocol.Http;

namespace Sockeye.Tests.Protocol.Handshake;

public sealed class OriginPolicyTests
{
    // host, origin, allowed without TLS of our own (a proxy may have ended it), allowed with it
    public static TheoryData<string, string, bool, bool> SameHostMatrix => new()
    {
        { "a.com", "http://a.com", true, false }, { "a.com", "https://a.com", true, true }, { "a.com", "ws://a.com", true, false }, { "a.com", "wss://a.com", true, true },
        { "A.com", "HTTPS://a.COM", true, true }, { "a.com", "http://a.com:80", true, false }, { "a.com:80", "http://a.com", true, false },
        { "a.com", "https://a.com:443", true, true }, { "a.com:443", "https://a.com", true, true }, { "a.com:443", "http://a.com", false, false },
        { "a.com:80", "https://a.com", false, false }, { "a.com", "http://a.com:443", false, false }, { "a.com", "https://a.com:80", false, false },
        { "a.com", "https://a.com:8443", false, false }, { "a.com:8443", "https://a.com:8443", true, true }, { "a.com:8443", "https://a.com", false, false },
        { "a.com:8080", "http://a.com:8080", true, false }, { "a.com:8080", "http://a.com:8081", false, false }, { "a.com:", "https://a.com", true, true },
        { "a.com", "http://evil-a.com", false, false }, { "a.com", "https://a.com.evil", false, false }, { "a.com", "https://a.co", false, false },
        { "a.com", "https://sub.a.com", false, false }, { "sub.a.com", "https://a.com", false, false }, { "a.com", "https://com", false, false },
        { "a.com", "https://a.com@evil.com", false, false }, { "a.com", "https://evil.com@a.com", false, false }, { "a.com", "https://a.com:443@evil.com", false, false },
        { "a.com", "https://a.com.", false, false }, { "a.com.", "https://a.com", false, false }, { "a.com.", "https://a.com.", true, true },
        { "a.com", "https://a.com/", false, false }, { "a.com", "https://a.com/x", false, false }, { "a.com", "https://a.com?x", false, false }, { "a.com", "https://a.com#x", false, false },
        { "a.com", "null", false, false }, { "null", "null", false, false }, { "a.com", "", false, false }, { "a.com", "a.com", false, false }, { "a.com", "//a.com", false, false },
        { "a.com", "https:a.com", false, false }, { "a.com", "file://", false, false }, { "a.com", "file://a.com", false, false }, { "a.com", "chrome-extension://a.com", false, false },
        { "a.com", "https://a.com https://a.com", false, false }, { "a.com", "https://a.com, https://a.com", false, false }, { "a.com", "https://a.com\\.evil.com", false, false },
        { "a.com", "https://a%2ecom", false, false }, { "a.com", "https://a.com:", true, true }, { "a.com", "https://a.com:0443", true, true }, { "a.com", "https://a.com:x", false, false },
        { "a.com", "1http://a.com", false, false }, { "a.com", "://a.com", false, false }, { "a.com", "https://\xE4.com", false, false },
        { "[::1]", "http://[::1]", true, false }, { "[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080", true, false }, { "[::1]", "https://[::1]:443", true, true },
        { "[::1]", "http://[::2]", false, false }, { "[2001:DB8::1]", "https://[2001:db8::1]", true, true }, { "127.0.0.1", "http://localhost", false, false },
        { "127.0.0.1:3000", "http://127.0.0.1:3000", true, false }, { "127.0.0.1", "http://127.0.0.1.evil.com", false, false },
    };

    [Theory]
    [MemberData(nameof(SameHostMatrix))]
    public void SameHost(string host, string origin, bool plain, bool secure)
    {
        RequestHead head = Heads.RequestWith("Host: " + host, "Origin: " + origin);
        Assert.Equal(plain, OriginPolicy.SameHost.Check(head, secure: false) is null);
        Assert.Equal(secure, OriginPolicy.SameHost.Check(head, secure: true) is null);
    }

    [Theory]
    [InlineData("https://a.com", true)]
    [InlineData("HTTPS://A.COM:443", true)]
    [InlineData("http://a.com", false)]
    [InlineData("https://a.com:8443", false)]
    [InlineData("http://b.com:8080", true)]
    [InlineData("http://b.com", false)]
    [InlineData("https://evil-a.com", false)]
    [InlineData("https://a.com.evil", false)]
    [InlineData("https://a.com.", false)]
    [InlineData("https://x@a.com", false)]
    [InlineData("chrome-extension://abcdef", true)]
    [InlineData("chrome-extension://abcdefg", false)]
    [InlineData("http://[0::1]", true)]
    [InlineData("null", false)]
    public void Listed(string origin, bool allowed)
    {
        OriginPolicy policy = OriginPolicy.Listed(["https://a.com", "http://B.com:8080", "chrome-extension://abcdef", "http://[::1]:80"]);
        HandshakeRejection? rejection = policy.Check(Heads.RequestWith("Host: h", "Origin: " + origin), secure: true);
        Assert.Equal(allowed, rejection is null);
        if (rejection is not null) Assert.Equal((403, HandshakeError.OriginNotAllowed), (rejection.StatusCode, rejection.Error));
    }

    [Theory]
    [InlineData("a.com")]
    [InlineData("https://a.com/")]
    [InlineData("https://*.a.com")]
    [InlineData("*")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("https://u@a.com")]
    [InlineData("https://ä.com")]
    public void ListsHoldOriginsOnly(string entry) => Assert.Throws<ArgumentException>(() => OriginPolicy.Listed([entry]));

    [Fact]
    public void PredicateDecides()
    {
        var seen = new List<string>();
        OriginPolicy policy = OriginPolicy.Where((head, origin) => { seen.Add(head.Host + " " + origin); return origin == "null"; });
        Assert.Null(policy.Check(Heads.RequestWith("Host: h", "Origin: null"), secure: false));
        Assert.NotNull(policy.Check(Heads.RequestWith("Host: h", "Origin: https://h"), secure: false));
        Assert.Equal(["h null", "h https://h"], seen);
    }

    [Fact]
    public void NoOriginIsAllowedAndTwoAreNot()
    {
        OriginPolicy[] policies = [OriginPolicy.SameHost, OriginPolicy.Listed([]), OriginPolicy.Where((_, _) => true)];
        foreach (OriginPolicy policy in policies)
        {
            Assert.Null(policy.Check(Heads.RequestWith("Host: h"), secure: true));
            Assert.Equal(403, policy.Check(Heads.RequestWith("Host: h", "Origin: https://h", "Origin: https://h"), secure: true)!.StatusCode);
        }
    }

    [Fact]
    public void AllowAnyAllowsAny()
    {
        foreach (string origin in (string[])["null", "https://evil.example", "", "x y"])
            Assert.Null(OriginPolicy.AllowAny.Check(Heads.RequestWith("Host: h", "Origin: " + origin), secure: true));
    }

    [Fact]
    public void WithoutAHostNobodyIsAtHome()
    {
        Assert.NotNull(OriginPolicy.SameHost.Check(Heads.RequestWith("Origin: https://a.com"), secure: false));
        Assert.NotNull(OriginPolicy.SameHost.Check(Heads.RequestWith("Host: a.com", "Host: a.com", "Origin: https://a.com"), secure: false));
    }
}
