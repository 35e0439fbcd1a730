using System.Net;
using System.Text;
using Sockeye.Tests.Dialects;

namespace Sockeye.Tests.Protocol.Dialects;

/// <summary>The toolkit on a request that somebody else has read.</summary>
public sealed class WebSocketHandshakeTests
{
    private static readonly (string Name, string Value)[] s_good =
    [
        ("Host", "example.com"), ("upgrade", "websocket"), ("connection", "keep-alive, Upgrade"),
        ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    [Fact]
    public void A_good_request_is_answered_with_the_servers_spelling()
    {
        var rules = new HandshakeRules { SubProtocols = ["MyFancyProtocol"], RequireSubProtocol = true, IgnoreSubProtocolCase = true };
        var outcome = Verify(rules, ("Sec-WebSocket-Protocol", "other, myfancyprotocol"));
        Assert.True(outcome.IsAccepted);
        Assert.Null(outcome.Error);
        Assert.Null(outcome.Rejection);
        Assert.Equal("", outcome.Message);
        Assert.Equal(WebSocketDialects.Rfc6455, outcome.Dialect);
        Assert.Equal("MyFancyProtocol", outcome.SubProtocol);
        Assert.Equal(["other", "myfancyprotocol"], outcome.OfferedSubProtocols);
        Assert.Equal(("example.com", "/chat", "room=7"), (outcome.Head.Host, outcome.Head.Path, outcome.Head.Query));
        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
            "Sec-WebSocket-Protocol: MyFancyProtocol\r\nSet-Cookie: a=1\r\n\r\n",
            Encoding.Latin1.GetString(outcome.ToResponse([new("Set-Cookie", "a=1")])));
        Assert.Equal(0, outcome.ChallengeBytes);
        Assert.Throws<InvalidOperationException>(() => outcome.AnswerChallenge(new byte[8]));
        Assert.Throws<ArgumentException>(() => outcome.ToResponse([new("Sec-WebSocket-Accept", "x")]));
    }

    public static TheoryData<string, string?, HandshakeError, int> BadRequests => new()
    {
        { "Sec-WebSocket-Version", "12", HandshakeError.Version, 426 },
        { "Sec-WebSocket-Version", null, HandshakeError.Version, 426 },
        { "Sec-WebSocket-Key", null, HandshakeError.Key, 400 },
        { "Sec-WebSocket-Key", "c2hvcnQ=", HandshakeError.Key, 400 },
        { "connection", null, HandshakeError.Connection, 400 },
        { "upgrade", null, HandshakeError.NoUpgrade, 426 },
        { "Host", null, HandshakeError.Host, 400 },
        { "Origin", "http://evil.example", HandshakeError.OriginNotAllowed, 403 },
        { "Content-Length", "8", HandshakeError.Body, 400 },
        { "Sec-WebSocket-Protocol", "a b", HandshakeError.SubProtocol, 400 },
        { "Sec-WebSocket-Extensions", ";", HandshakeError.Extensions, 400 },
    };

    [Theory, MemberData(nameof(BadRequests))]
    public void A_bad_request_has_one_cause_a_status_and_words(string name, string? value, HandshakeError error, int status)
    {
        var headers = s_good.Where(header => header.Name != name).Append((name, value!)).Where(header => header.Item2 is not null);
        var outcome = WebSocketHandshake.Verify("GET", "/chat", headers.Select(header => KeyValuePair.Create(header.Item1, header.Item2)));
        Assert.False(outcome.IsAccepted);
        Assert.Equal((error, status), (outcome.Error, outcome.Rejection!.StatusCode));
        Assert.Equal(WebSocketDialects.None, outcome.Dialect);
        Assert.Equal(0, outcome.ChallengeBytes);
        Assert.EndsWith(".", outcome.Message, StringComparison.Ordinal);
        string response = Encoding.Latin1.GetString(outcome.ToResponse());
        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n" + outcome.Message + "\n", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, false, "a", null)] // none served: ignored
    [InlineData(false, false, true, "a", HandshakeError.SubProtocolOffered)] // none served: refused
    [InlineData(false, false, true, null, null)]
    [InlineData(true, false, false, null, null)]
    [InlineData(true, false, false, "a", null)]
    [InlineData(true, true, false, null, HandshakeError.NoSubProtocolOffered)]
    [InlineData(true, true, false, "a", HandshakeError.NoCommonSubProtocol)]
    [InlineData(true, true, false, "SERVED", HandshakeError.NoCommonSubProtocol)]
    [InlineData(true, true, false, "served", null)]
    public void Subprotocols_are_refused_where_the_rules_say_so(bool serves, bool required, bool refuses, string? offered, HandshakeError? error)
    {
        var rules = new HandshakeRules { SubProtocols = serves ? ["served"] : [], RequireSubProtocol = required, RefuseUnservedSubProtocols = refuses };
        var outcome = offered is null ? Verify(rules) : Verify(rules, ("Sec-WebSocket-Protocol", offered));
        Assert.Equal(error, outcome.Error);
        Assert.Equal(offered == "served" ? "served" : null, outcome.SubProtocol);
    }

    [Fact]
    public void Any_subprotocol_or_a_selected_one_is_taken_where_the_rules_say_so()
    {
        var any = new HandshakeRules { AcceptAnySubProtocol = true };
        Assert.Equal("a", Verify(any, ("Sec-WebSocket-Protocol", "a, b")).SubProtocol);
        Assert.True(Verify(any).IsAccepted);
        var last = new HandshakeRules { SelectSubProtocol = (_, offered) => offered.Count > 0 ? offered[^1] : null, RequireSubProtocol = true, AcceptAnySubProtocol = true };
        Assert.Equal("b", Verify(last, ("Sec-WebSocket-Protocol", "a, b")).SubProtocol);
        Assert.Equal(HandshakeError.NoSubProtocolOffered, Verify(last).Error);
        Assert.Throws<ArgumentException>(() => Verify(new HandshakeRules { RequireSubProtocol = true }));
    }

    [Fact]
    public void Compression_is_agreed_on_where_the_rules_say_so()
    {
        var rules = new HandshakeRules { Deflate = new DeflateRules { ServerContextTakeover = true, ServerMaxWindowBits = 12 } };
        var outcome = Verify(rules, ("Sec-WebSocket-Extensions", "x-other, permessage-deflate; client_max_window_bits"));
        Assert.Equal("permessage-deflate; client_no_context_takeover; server_max_window_bits=12", outcome.Extensions);
        Assert.Contains($"Sec-WebSocket-Extensions: {outcome.Extensions}\r\n", Encoding.Latin1.GetString(outcome.ToResponse()), StringComparison.Ordinal);
        Assert.Null(Verify(rules).Extensions);
        Assert.Null(Verify(null, ("Sec-WebSocket-Extensions", "permessage-deflate")).Extensions);
        Assert.Null(Verify(rules, ("Sec-WebSocket-Extensions", "permessage-deflate"), ("Origin", "http://elsewhere.example")).Extensions);
        var draft = new HandshakeRules { Deflate = new DeflateRules(), Dialects = WebSocketDialects.All };
        var early = s_good.Select(header => KeyValuePair.Create(header.Name, header.Name == "Sec-WebSocket-Version" ? "8" : header.Value));
        Assert.Null(WebSocketHandshake.Verify("GET", "/", [.. early, new("Sec-WebSocket-Extensions", "permessage-deflate")], draft).Extensions);
        Assert.Throws<ArgumentOutOfRangeException>(() => Verify(new HandshakeRules { Deflate = new DeflateRules { ClientMaxWindowBits = 16 } }));
    }

    [Fact]
    public void Every_dialect_is_verified_and_answered()
    {
        var rules = new HandshakeRules { Dialects = WebSocketDialects.All, SubProtocols = ["sample"] };
        Assert.True(WebSocketHandshake.TryReadRequest(Encoding.Latin1.GetBytes(Transcripts.Hixie76Head + Transcripts.Hixie76Key3), out var head, out int consumed, out _));
        var outcome = WebSocketHandshake.Verify(head, rules);
        Assert.Equal((WebSocketDialects.Hixie76, 8), (outcome.Dialect, outcome.ChallengeBytes));
        Assert.Equal(Transcripts.Hixie76Head.Length, consumed);
        Assert.Equal(Transcripts.Hixie76ResponseHead, Encoding.Latin1.GetString(outcome.ToResponse()));
        Assert.Equal(Transcripts.Hixie76Answer, Encoding.Latin1.GetString(outcome.AnswerChallenge(Transcripts.Latin(Transcripts.Hixie76Key3))));
        Assert.Throws<ArgumentException>(() => outcome.AnswerChallenge(new byte[7]));

        Assert.True(WebSocketHandshake.TryReadRequest(Encoding.Latin1.GetBytes(Transcripts.Hixie75Request), out head, out _, out _));
        outcome = WebSocketHandshake.Verify(head, rules);
        Assert.Equal((WebSocketDialects.Hixie75, 0), (outcome.Dialect, outcome.ChallengeBytes));
        Assert.Equal(Transcripts.Hixie75Response, Encoding.Latin1.GetString(outcome.ToResponse()));
        Assert.Equal(HandshakeError.Version, WebSocketHandshake.Verify(head).Error);
    }

    [Fact]
    public void Origin_rules_are_those_of_the_server()
    {
        (string, string) origin = ("Origin", "https://other.example");
        Assert.Equal(HandshakeError.OriginNotAllowed, Verify(null, origin).Error);
        Assert.Null(Verify(new HandshakeRules { AllowedOrigins = ["https://other.example"] }, origin).Error);
        Assert.Null(Verify(new HandshakeRules { DangerouslyAllowAnyOrigin = true }, origin).Error);
        Assert.Null(Verify(new HandshakeRules { IsOriginAllowed = (_, from) => from.EndsWith("other.example", StringComparison.Ordinal) }, origin).Error);
    }

    [Fact]
    public void Rules_that_make_no_sense_are_the_callers_mistake()
    {
        Assert.Throws<ArgumentException>(() => Verify(new HandshakeRules { RequireSubProtocol = true }));
        Assert.Throws<ArgumentException>(() => Verify(new HandshakeRules { SubProtocols = ["a b"] }));
        Assert.Throws<ArgumentException>(() => Verify(new HandshakeRules { Dialects = WebSocketDialects.None }));
        Assert.Throws<ArgumentException>(() => WebSocketHandshake.Verify("GET", "/a b", []));
        Assert.Throws<ArgumentException>(() => WebSocketHandshake.Verify("GET", "/", [new("X", "a\r\nY: b")]));
        Assert.Throws<ArgumentException>(() => RequestHead.Create("GET", "/", [new("X", new string('x', 70_000))]));
        Assert.Throws<ArgumentException>(() => RequestHead.Create("GET", "/", [], HttpVersion.Version20));
    }

    [Fact]
    public void A_head_that_was_made_is_like_one_that_was_read()
    {
        var head = RequestHead.Create("GET", "/a?b", [new("X", "1"), new("Y", "2"), new("x", "3")], HttpVersion.Version10);
        Assert.Equal(("GET", "/a?b", HttpVersion.Version10, "1, 3"), (head.Method, head.Target, head.Version, head["x"]));
        Assert.Equal(HttpVersion.Version11, RequestHead.Create("GET", "/", []).Version);
        Assert.Equal(HandshakeError.HttpVersion, WebSocketHandshake.Verify(RequestHead.Create("GET", "/", s_good.Select(h => KeyValuePair.Create(h.Name, h.Value)), HttpVersion.Version10)).Error);
    }

    [Fact]
    public void A_request_is_read_from_bytes_or_more_are_asked_for_or_it_is_refused()
    {
        byte[] bytes = Encoding.Latin1.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\nrest");
        for (int length = 0; length < bytes.Length - 4; length++)
        {
            Assert.False(WebSocketHandshake.TryReadRequest(bytes.AsSpan(0, length), out _, out _, out var none));
            Assert.Null(none);
        }

        Assert.True(WebSocketHandshake.TryReadRequest(bytes, out var head, out int consumed, out _));
        Assert.Equal(("a", bytes.Length - 4), (head.Host, consumed));
        Assert.False(WebSocketHandshake.TryReadRequest("GET /\r\n"u8, out _, out _, out var rejection));
        Assert.NotNull(rejection);
    }

    [Fact]
    public void A_refusal_of_a_head_request_has_no_body()
    {
        var outcome = WebSocketHandshake.Verify("HEAD", "/", [new("Host", "a")]);
        Assert.Equal(HandshakeError.NoUpgrade, outcome.Error);
        Assert.EndsWith("\r\n\r\n", Encoding.Latin1.GetString(outcome.ToResponse()), StringComparison.Ordinal);
    }

    private static HandshakeOutcome Verify(HandshakeRules? rules, params (string Name, string Value)[] more) =>
        WebSocketHandshake.Verify("GET", "/chat?room=7", s_good.Concat(more).Select(header => KeyValuePair.Create(header.Name, header.Value)), rules);
}
