namespace Sockeye.Tests.Protocol.Http;

public sealed class RequestHeadTests
{
    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/a/b?x=1?y", "/a/b", "x=1?y")]
    [InlineData("/?", "/", "")]
    [InlineData("?q", "/", "q")]
    [InlineData("*", "*", "")]
    [InlineData("http://h:1/a?b", "/a", "b")]
    [InlineData("http://h", "/", "")]
    [InlineData("http://h?q", "/", "q")]
    [InlineData("/a://b/c", "/a://b/c", "")]
    [InlineData("//host/a", "//host/a", "")]
    [InlineData("/%2e%2e/?%00", "/%2e%2e/", "%00")]
    public void TargetIsTakenApart(string target, string path, string query)
    {
        RequestHead head = Heads.Request($"GET {target} HTTP/1.1\r\n\r\n");
        Assert.Equal(target, head.Target);
        Assert.Equal(path, head.Path);
        Assert.Equal(query, head.Query);
    }

    [Fact]
    public void HeadersAreFoundInAnyCase()
    {
        RequestHead head = Heads.RequestWith("X-One: 1", "x-ONE: 2", "Caf: \xE9", "Y:");
        Assert.Equal("1, 2", head["X-oNe"]);
        Assert.Equal("é", head["caf"]);
        Assert.Equal("", head["y"]);
        Assert.Null(head["X-On"]);
        Assert.Null(head["é"]);
        Assert.True(head.Contains("Y"));
        Assert.False(head.Contains("Z"));
        Assert.Empty(head.GetValues("Z"));
        Assert.Equal(["X-One", "x-ONE", "Caf", "Y"], head.Select(field => field.Key));
        Assert.Equal(["1", "2", "é", ""], head.Select(field => field.Value));
        Assert.Throws<ArgumentNullException>(() => head[null!]);
        Assert.Throws<ArgumentNullException>(() => head.GetValues(null!));
        Assert.Throws<ArgumentNullException>(() => head.Contains(null!));
    }

    [Fact]
    public void HostAndOriginAreNullWhenMissing()
    {
        Assert.Null(Heads.RequestWith("A: b").Host);
        Assert.Null(Heads.RequestWith("A: b").Origin);
        Assert.Null(Heads.RequestWith("Host: a", "Host: a").Host);
        Assert.Equal("null", Heads.RequestWith("Origin: null").Origin);
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", 0)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 1)]
    [InlineData("GET / HTTP/1.7\r\n\r\n", 7)]
    public void VersionIsTold(string text, int minor) => Assert.Equal(new Version(1, minor), Heads.Request(text).Version);

    [Fact]
    public void TokensAreFoundInLists()
    {
        RequestHead head = Heads.RequestWith("Connection: keep-alive , ,\tUPGRADE", "connection: x-upgrade");
        Assert.True(head.HasToken("connection"u8, "upgrade"u8));
        Assert.True(head.HasToken("connection"u8, "x-upgrade"u8));
        Assert.False(head.HasToken("connection"u8, "grade"u8));
        Assert.False(head.HasToken("connection"u8, ""u8));
        Assert.Equal(2, head.CountOf("CONNECTION"u8));
        Assert.False(head.TryGetSingle("connection"u8, out _));
    }
}
