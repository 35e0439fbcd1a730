using System.Text;
using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;
using Sockeye.Tests.Protocol.Http;

namespace Sockeye.Tests.Protocol.Handshake;

public sealed class ClientHandshakeTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private static readonly byte[] Entropy = Convert.FromBase64String(Key);

    [Fact]
    public void TheRequestIsComplete()
    {
        var request = new ClientHandshakeRequest
        {
            Uri = new Uri("ws://server.example.com/chat?a=b c"), SubProtocols = ["chat", "superchat"], Extensions = "permessage-deflate", Origin = "http://example.com",
            UserAgent = "Sockeye", Cookies = "a=1; b=2", Headers = [new("X-A", "1"), new("X-A", "2")],
        };
        string text = Encoding.Latin1.GetString(ClientHandshake.BuildRequest(request, Entropy, out string key));
        Assert.Equal(Key, key);
        Assert.Equal("GET /chat?a=b%20c HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate\r\nOrigin: http://example.com\r\nUser-Agent: Sockeye\r\nCookie: a=1; b=2\r\nX-A: 1\r\nX-A: 2\r\n\r\n", text);
        ServerHandshakeResult result = ServerHandshake.Examine(Heads.Request(text));
        Assert.Equal(ServerHandshakeKind.WebSocket, result.Kind);
        Assert.Equal(["chat", "superchat"], result.SubProtocols);
    }

    [Theory]
    [InlineData("ws://a.com", "a.com", "/")]
    [InlineData("ws://a.com:80/", "a.com", "/")]
    [InlineData("wss://a.com:443/x", "a.com", "/x")]
    [InlineData("wss://a.com:80/x", "a.com:80", "/x")]
    [InlineData("ws://a.com:443/x", "a.com:443", "/x")]
    [InlineData("http://a.com:81?q", "a.com:81", "/?q")]
    [InlineData("https://A.com", "a.com", "/")]
    [InlineData("ws://[::1]/", "[::1]", "/")]
    [InlineData("ws://[2001:DB8::1]:9000/", "[2001:db8::1]:9000", "/")]
    [InlineData("ws://[fe80::1%25eth0]:9/", "[fe80::1]:9", "/")]
    [InlineData("ws://127.0.0.1:9/", "127.0.0.1:9", "/")]
    [InlineData("ws://bücher.example/ü", "xn--bcher-kva.example", "/%C3%BC")]
    [InlineData("ws://a.com/%0d%0aX:%20y", "a.com", "/%0d%0aX:%20y")]
    public void HostAndTargetComeFromTheAddress(string uri, string host, string target)
    {
        RequestHead head = Build(new ClientHandshakeRequest { Uri = new Uri(uri) });
        Assert.Equal(host, head.Host);
        Assert.Equal(target, head.Target, ignoreCase: true);
        Assert.Equal(ServerHandshakeKind.WebSocket, ServerHandshake.Examine(head).Kind);
    }

    [Theory]
    [InlineData("ftp://a.com/")]
    [InlineData("ws://a.com/#f")]
    [InlineData("/relative")]
    public void OtherAddressesAreRefused(string uri) =>
        Assert.Throws<ArgumentException>(() => Build(new ClientHandshakeRequest { Uri = new Uri(uri, UriKind.RelativeOrAbsolute) }));

    [Fact]
    public void UserInformationBecomesCredentials()
    {
        RequestHead head = Build(new ClientHandshakeRequest { Uri = new Uri("ws://user:p%40ss@a.com/") });
        Assert.Equal("Basic " + Convert.ToBase64String("user:p@ss"u8), head["Authorization"]);
        Assert.Equal("a.com", head.Host);
        head = Build(new ClientHandshakeRequest { Uri = new Uri("ws://user:p@a.com/"), Headers = [new("authorization", "Bearer x")] });
        Assert.Equal("Bearer x", head["Authorization"]);
    }

    [Fact]
    public void HostMayBeAnother()
    {
        Assert.Equal("b.com:1", Build(With(Field("host", "b.com:1"))).Host);
        foreach (string bad in (string[])["", "a b", "a.com/", "é", "Ā"])
            Assert.Throws<ArgumentException>(() => Build(With(Field("Host", bad))));
        Assert.Throws<ArgumentException>(() => Build(With(Field("Host", "a"), Field("host", "a"))));
    }

    [Theory]
    [InlineData("Upgrade")]
    [InlineData("connection")]
    [InlineData("Sec-WebSocket-Key")]
    [InlineData("sec-websocket-version")]
    [InlineData("Sec-WebSocket-Accept")]
    [InlineData("Sec-WebSocket-Extensions")]
    [InlineData("SEC-WEBSOCKET-PROTOCOL")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    public void TheHandshakesOwnHeadersAreRefused(string name)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Build(With(Field(name, "x"))));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Matches("leave it out|instead", error.Message);
    }

    [Fact]
    public void NoControlGetsIntoTheRequest()
    {
        var uri = new Uri("ws://a.com/");
        for (int c = 0; c <= 0x7F; c++)
        {
            if (c is '\t' or (>= 0x20 and < 0x7F)) continue;
            foreach (string bad in HeadWriterTests.Poisoned((char)c))
            {
                ClientHandshakeRequest[] requests =
                [
                    new() { Uri = uri, SubProtocols = [bad] }, new() { Uri = uri, SubProtocols = ["a", bad] }, new() { Uri = uri, Extensions = bad }, new() { Uri = uri, Origin = bad },
                    new() { Uri = uri, UserAgent = bad }, new() { Uri = uri, Cookies = bad }, With(Field(bad, "x")), With(Field("X", bad)), With(Field("Host", bad)),
                ];
                foreach (ClientHandshakeRequest request in requests)
                    Assert.ThrowsAny<ArgumentException>(() => Build(request));
            }
        }
    }

    [Fact]
    public void SubProtocolsAreDifferentTokens()
    {
        foreach (string[] bad in (string[][])[[""], ["a b"], ["a,b"], ["a", "a"], ["é"]])
            Assert.Throws<ArgumentException>(() => Build(new ClientHandshakeRequest { Uri = new Uri("ws://a"), SubProtocols = bad }));
        Assert.Throws<ArgumentException>(() => ClientHandshake.BuildRequest(With(), new byte[15], out _));
    }

    private const string Up = "Upgrade: websocket";
    private const string Con = "Connection: Upgrade";

    // status line, header lines separated by '|', expected error; offered: subprotocols "chat" and "b", extensions "x" and "y"
    public static TheoryData<string, string, ClientHandshakeError> Answers => new()
    {
        { "1.1 101 Switching Protocols", $"{Up}|{Con}|{Accept}", ClientHandshakeError.None },
        { "1.1 101", $"upgrade: WebSocket|CONNECTION: keep-alive, upgrade|{Accept}", ClientHandshakeError.None },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Content-Length: 5|Transfer-Encoding: chunked", ClientHandshakeError.None },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Protocol: chat|Sec-WebSocket-Extensions: y; a=1, x", ClientHandshakeError.None },
        { "1.1 200 OK", $"{Up}|{Con}|{Accept}", ClientHandshakeError.Status },
        { "1.1 301 Moved", "Location: /", ClientHandshakeError.Status },
        { "1.1 100 Continue", "", ClientHandshakeError.Status },
        { "1.1 401 No", "", ClientHandshakeError.Status },
        { "1.1 102 X", $"{Up}|{Con}|{Accept}", ClientHandshakeError.Status },
        { "1.0 101 X", $"{Up}|{Con}|{Accept}", ClientHandshakeError.HttpVersion },
        { "1.1 101", $"{Con}|{Accept}", ClientHandshakeError.Upgrade },
        { "1.1 101", $"Upgrade: h2c|{Con}|{Accept}", ClientHandshakeError.Upgrade },
        { "1.1 101", $"Upgrade: websocket, h2c|{Con}|{Accept}", ClientHandshakeError.Upgrade },
        { "1.1 101", $"{Up}|{Up}|{Con}|{Accept}", ClientHandshakeError.Upgrade },
        { "1.1 101", $"Upgrade: websocketx|{Con}|{Accept}", ClientHandshakeError.Upgrade },
        { "1.1 101", $"Upgrade:|{Con}|{Accept}", ClientHandshakeError.Upgrade },
        { "1.1 101", $"{Up}|{Accept}", ClientHandshakeError.Connection },
        { "1.1 101", $"{Up}|Connection: close|{Accept}", ClientHandshakeError.Connection },
        { "1.1 101", $"{Up}|Connection: not upgrade|{Accept}", ClientHandshakeError.Connection },
        { "1.1 101", $"{Up}|{Con}", ClientHandshakeError.Accept },
        { "1.1 101", $"{Up}|{Con}|{Accept}|{Accept}", ClientHandshakeError.Accept },
        { "1.1 101", $"{Up}|{Con}|Sec-WebSocket-Accept:", ClientHandshakeError.Accept },
        { "1.1 101", $"{Up}|{Con}|{Accept.ToLowerInvariant()}", ClientHandshakeError.Accept },
        { "1.1 101", $"{Up}|{Con}|{Accept}x", ClientHandshakeError.Accept },
        { "1.1 101", $"{Up}|{Con}|{Accept[..^1]}", ClientHandshakeError.Accept },
        { "1.1 101", $"{Up}|{Con}|{Accept}, {Accept[22..]}", ClientHandshakeError.Accept },
        { "1.1 101", $"{Up}|{Con}|Sec-WebSocket-Accept: {Key}", ClientHandshakeError.Accept },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Protocol: other", ClientHandshakeError.SubProtocol },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Protocol: Chat", ClientHandshakeError.SubProtocol },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Protocol: chat, b", ClientHandshakeError.SubProtocol },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Protocol: chat|Sec-WebSocket-Protocol: chat", ClientHandshakeError.SubProtocol },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Protocol:", ClientHandshakeError.SubProtocol },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Extensions: z", ClientHandshakeError.Extensions },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Extensions: x, z", ClientHandshakeError.Extensions },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Extensions: x, x", ClientHandshakeError.Extensions },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Extensions: x|Sec-WebSocket-Extensions: y", ClientHandshakeError.Extensions },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Extensions: x; a=\"", ClientHandshakeError.Extensions },
        { "1.1 101", $"{Up}|{Con}|{Accept}|Sec-WebSocket-Extensions:", ClientHandshakeError.Extensions },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void AnswersAreJudged(string status, string lines, ClientHandshakeError expected)
    {
        ResponseHead head = Heads.Response($"HTTP/{status}\r\n{string.Concat(lines.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\r\n"))}\r\n");
        ClientHandshakeResult result = ClientHandshake.Verify(head, Key, ["chat", "b"], ["x", "y"]);
        Assert.Equal(expected, result.Error);
        Assert.Equal(expected == ClientHandshakeError.None, result.Success);
        Assert.Equal(result.Success, result.Message.Length == 0);
        if (result.Success)
        {
            Assert.Equal(head["Sec-WebSocket-Protocol"], result.SubProtocol);
            Assert.Equal(head.Contains("Sec-WebSocket-Extensions") ? 2 : 0, result.Extensions.Count);
        }
    }

    [Fact]
    public void NothingOfferedNothingTaken()
    {
        string good = $"HTTP/1.1 101\r\n{Up}\r\n{Con}\r\n{Accept}\r\n";
        Assert.True(ClientHandshake.Verify(Heads.Response(good + "\r\n"), Key, [], []).Success);
        Assert.Equal(ClientHandshakeError.SubProtocol, ClientHandshake.Verify(Heads.Response(good + "Sec-WebSocket-Protocol: chat\r\n\r\n"), Key, [], []).Error);
        Assert.Equal(ClientHandshakeError.Extensions, ClientHandshake.Verify(Heads.Response(good + "Sec-WebSocket-Extensions: x\r\n\r\n"), Key, [], []).Error);
    }

    [Fact]
    public void BothEndsAgree()
    {
        byte[] answer = ServerHandshake.BuildResponse(Encoding.ASCII.GetBytes(Key), "b", "x; n=1");
        ReadOutcome read = Heads.ReadByByte(HeadKind.Response, answer);
        ClientHandshakeResult result = ClientHandshake.Verify((ResponseHead)read.Head!, Key, ["a", "b"], ["x"]);
        Assert.True(result.Success, result.Message);
        Assert.Equal("b", result.SubProtocol);
        Assert.Equal("n", Assert.Single(result.Extensions).Parameters[0].Name);
    }

    private static KeyValuePair<string, string> Field(string name, string value) => new(name, value);

    private static ClientHandshakeRequest With(params KeyValuePair<string, string>[] headers) => new() { Uri = new Uri("ws://a.com/"), Headers = headers };

    private static RequestHead Build(ClientHandshakeRequest request) =>
        Heads.Request(Encoding.Latin1.GetString(ClientHandshake.BuildRequest(request, Entropy, out _)));
}
