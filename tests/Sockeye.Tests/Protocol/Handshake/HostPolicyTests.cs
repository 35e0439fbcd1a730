using Sockeye.Protocol.Handshake;
using Sockeye.Tests.Protocol.Http;

namespace Sockeye.Tests.Protocol.Handshake;

public sealed class HostPolicyTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LocalHost:3000", true)]
    [InlineData("localhost.", true)]
    [InlineData("app.localhost", true)]
    [InlineData("a.b.LOCALHOST:1", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.0.3:8080", true)]
    [InlineData("[::1]", true)]
    [InlineData("[::1]:9", true)]
    [InlineData("[0:0:0:0:0:0:0:1]", true)]
    [InlineData("attacker.com", false)]
    [InlineData("localhost.attacker.com", false)]
    [InlineData("notlocalhost", false)]
    [InlineData("127.0.0.1.nip.io", false)]
    [InlineData("127.0.0.1.", false)]
    [InlineData("127.1", false)]
    [InlineData("0x7f.0.0.1", false)]
    [InlineData("0177.0.0.1", false)]
    [InlineData("127.0.0.01", false)]
    [InlineData("127.0.0.256", false)]
    [InlineData("127.0.0.0.1", false)]
    [InlineData("2130706433", false)]
    [InlineData("128.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("[::]", false)]
    [InlineData("[::ffff:127.0.0.1]", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("tunnel.example", true)]
    [InlineData("Tunnel.Example.:99", true)]
    [InlineData("x.tunnel.example", false)]
    [InlineData("a.wild.example", true)]
    [InlineData("a.b.Wild.example:5", true)]
    [InlineData("wild.example", false)]
    [InlineData("evilwild.example", false)]
    [InlineData("port.example:8080", true)]
    [InlineData("port.example:8081", false)]
    [InlineData("port.example", false)]
    public void LoopbackListener(string host, bool allowed)
    {
        HostPolicy policy = HostPolicy.For(loopback: true, ["tunnel.example", "*.wild.example", "port.example:8080"]);
        HandshakeRejection? rejection = policy.Check(Heads.RequestWith("Host: " + host));
        Assert.Equal(allowed, rejection is null);
        if (rejection is not null) Assert.Equal((421, HandshakeError.HostNotAllowed), (rejection.StatusCode, rejection.Error));
    }

    [Fact]
    public void OtherListenersAnswerAnyHostUnlessListed()
    {
        Assert.Null(HostPolicy.For(loopback: false).Check(Heads.RequestWith("Host: anything.example")));
        HostPolicy listed = HostPolicy.For(loopback: false, ["a.com", "[2001:db8::1]"]);
        Assert.Null(listed.Check(Heads.RequestWith("Host: A.com:1")));
        Assert.Null(listed.Check(Heads.RequestWith("Host: [2001:DB8:0::1]")));
        Assert.NotNull(listed.Check(Heads.RequestWith("Host: localhost")));
        Assert.NotNull(listed.Check(Heads.RequestWith("Host: a.com", "Host: a.com")));
    }

    [Fact]
    public void LoopbackWithoutAListKnowsItselfOnly()
    {
        HostPolicy policy = HostPolicy.For(loopback: true);
        Assert.Null(policy.Check(Heads.RequestWith("Host: localhost")));
        Assert.Null(policy.Check(Heads.RequestWith("X: no Host at all")));
        Assert.NotNull(policy.Check(Heads.RequestWith("Host: a.com")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("http://a.com")]
    [InlineData("a.com/")]
    [InlineData("*.[::1]")]
    [InlineData("ä.com")]
    public void ListsHoldHostsOnly(string entry) => Assert.Throws<ArgumentException>(() => HostPolicy.For(true, [entry]));
}
