using System.Text;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;
using Sockeye.Tests.Dialects;
using Sockeye.Tests.Protocol.Http;

namespace Sockeye.Tests.Protocol.Dialects;

public sealed class DialectHandshakeTests
{
    private const string Rfc = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private const string Keys = "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00";

    [Theory]
    [InlineData(Rfc + "\r\nSec-WebSocket-Version: 13", WebSocketDialects.Rfc6455)]
    [InlineData(Rfc + "\r\nSec-WebSocket-Version: 8", WebSocketDialects.Hybi08)]
    [InlineData(Rfc + "\r\nSec-WebSocket-Version: 7", WebSocketDialects.Hybi07)]
    [InlineData(Keys, WebSocketDialects.Hixie76)]
    [InlineData(Keys + "\r\nSec-WebSocket-Draft: 0", WebSocketDialects.Hixie76)]
    [InlineData("Sec-WebSocket-Key1: only one", WebSocketDialects.Hixie76)]
    [InlineData("WebSocket-Protocol: sample", WebSocketDialects.Hixie75)]
    [InlineData("X: y", WebSocketDialects.Hixie75)]

    // both handshakes at once: the newer one is meant
    [InlineData(Keys + "\r\n" + Rfc + "\r\nSec-WebSocket-Version: 13", WebSocketDialects.Rfc6455)]
    [InlineData(Keys + "\r\nSec-WebSocket-Version: 8", WebSocketDialects.Hybi08)]

    // spoken by none of the rows
    [InlineData(Keys + "\r\nSec-WebSocket-Draft: 2", WebSocketDialects.None)]
    [InlineData(Rfc, WebSocketDialects.None)]
    [InlineData(Rfc + "\r\nSec-WebSocket-Version: 6", WebSocketDialects.None)]
    [InlineData(Rfc + "\r\nSec-WebSocket-Version: 013", WebSocketDialects.None)]
    [InlineData(Rfc + "\r\nSec-WebSocket-Version: 8, 13", WebSocketDialects.None)]
    [InlineData(Rfc + "\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Version: 13", WebSocketDialects.None)]
    [InlineData(Rfc + "\r\nSec-WebSocket-Version: 8, 8", WebSocketDialects.None)]
    public void A_head_tells_its_dialect(string lines, WebSocketDialects dialect)
    {
        var head = With("Upgrade: WebSocket", lines);
        Assert.Equal(dialect, DialectHandshake.Detect(head, WebSocketDialects.All)?.Name ?? WebSocketDialects.None);
        if (dialect != WebSocketDialects.None)
        {
            Assert.Null(DialectHandshake.Detect(head, WebSocketDialects.All & ~dialect));
            Assert.Equal(dialect, DialectHandshake.Detect(head, dialect)!.Name);
        }

        Assert.Null(DialectHandshake.Detect(With("Upgrade: h2c", lines), WebSocketDialects.All));
        Assert.Null(DialectHandshake.Detect(With("X: y", lines), WebSocketDialects.All));
    }

    [Fact]
    public void August_2010_is_a_matter_of_the_setting()
    {
        var head = With("Upgrade: WebSocket", Keys);
        Assert.Equal(WebSocketDialects.August2010, DialectHandshake.Detect(head, WebSocketDialects.August2010 | WebSocketDialects.Rfc6455)!.Name);
        Assert.Throws<ArgumentException>(() => Dialect.CheckSet(WebSocketDialects.August2010 | WebSocketDialects.Hixie76, "set"));
        Assert.Throws<ArgumentException>(() => Dialect.CheckSet(WebSocketDialects.None, "set"));
        Assert.Throws<ArgumentException>(() => Dialect.CheckSet((WebSocketDialects)1024, "set"));
        Dialect.CheckSet(WebSocketDialects.All, "set");
        Dialect.CheckSet(WebSocketDialects.August2010, "set");
    }

    [Fact]
    public void Every_single_dialect_has_its_row()
    {
        foreach (var dialect in Enum.GetValues<WebSocketDialects>().Where(d => System.Numerics.BitOperations.IsPow2((int)d)))
        {
            Assert.Equal(dialect, Dialect.Of(dialect).Name);
        }

        Assert.Throws<ArgumentException>(() => Dialect.Of(WebSocketDialects.All));
        Assert.Throws<ArgumentException>(() => Dialect.Of(WebSocketDialects.None));
        Assert.Equal(Dialect.Table.Count, Dialect.Table.Select(row => row.Label).Distinct().Count());
    }

    [Fact]
    public void The_drafts_examples_are_answered_byte_by_byte()
    {
        var head = Heads.Request(Transcripts.Hixie75Request);
        Assert.Equal(ServerHandshakeKind.WebSocket, DialectHandshake.Examine(head, WebSocketDialects.All, out var dialect).Kind);
        Assert.Equal(Transcripts.Hixie75Response, Answer(dialect, head));

        head = Heads.Request(Transcripts.Hixie76Head);
        Assert.Equal(ServerHandshakeKind.WebSocket, DialectHandshake.Examine(head, WebSocketDialects.All, out dialect).Kind);
        Assert.Equal(Transcripts.Hixie76ResponseHead, Answer(dialect, head));
        Assert.Equal(Transcripts.Hixie76Answer, Encoding.Latin1.GetString(Hixie76Handshake.Answer(head, Transcripts.Latin(Transcripts.Hixie76Key3))));
    }

    [Theory]
    [InlineData("Host: example.com", "/demo", false, "ws://example.com/demo")]
    [InlineData("Host: example.com", "/demo?a=1&b", false, "ws://example.com/demo?a=1&b")]
    [InlineData("Host: example.com:80", "/", false, "ws://example.com/")]
    [InlineData("Host: example.com:8080", "/", false, "ws://example.com:8080/")]
    [InlineData("Host: example.com:443", "/", true, "wss://example.com/")]
    [InlineData("Host: example.com:80", "/", true, "wss://example.com:80/")]
    [InlineData("Host: [::1]:81", "/", false, "ws://[::1]:81/")]
    [InlineData("Host: example.com\r\nX-Forwarded-Proto: https", "/", false, "wss://example.com/")]
    [InlineData("Host: example.com", "http://example.com/demo?x", false, "ws://example.com/demo?x")]
    public void The_location_is_what_the_client_asked_for(string lines, string target, bool secure, string location) =>
        Assert.Equal(location, EarlyHandshake.Location(Heads.Request($"GET {target} HTTP/1.1\r\n{lines}\r\n\r\n"), secure));

    [Theory]
    [InlineData("Connection: Upgrade", "", HandshakeError.Connection)]
    [InlineData("Host: localhost", "", HandshakeError.Host)]
    [InlineData("GET /", "POST /", HandshakeError.Method)]
    [InlineData("HTTP/1.1", "HTTP/1.0", HandshakeError.HttpVersion)]
    [InlineData("GET /", "GET x", HandshakeError.Target)]
    [InlineData("Sec-WebSocket-Key2: 12998 5 Y3 1  .P00", "", HandshakeError.Key)]
    [InlineData("Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: 4146546015", HandshakeError.Key)]
    [InlineData("Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: 2 L785 8o% s9Sy9@V. 4<1P5", HandshakeError.Key)]
    [InlineData("Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: ab cd", HandshakeError.Key)]
    [InlineData("Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: 42949 67296", HandshakeError.Key)]
    [InlineData("Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Sec-WebSocket-Key1: 1 2\r\nSec-WebSocket-Key1: 1 2", HandshakeError.Key)]
    [InlineData("Host: localhost", "Host: localhost\r\nContent-Length: 9", HandshakeError.Body)]
    [InlineData("Host: localhost", "Host: localhost\r\nTransfer-Encoding: chunked", HandshakeError.Body)]
    [InlineData("Host: localhost", "Host: localhost\r\nSec-WebSocket-Protocol: a a", HandshakeError.SubProtocol)]
    [InlineData("Host: localhost", "Host: localhost\r\nSec-WebSocket-Protocol: ", HandshakeError.SubProtocol)]
    [InlineData("Host: localhost", "Host: localhost\r\nSec-WebSocket-Protocol: a;b", HandshakeError.SubProtocol)]
    public void A_bad_request_is_refused_with_its_reason(string part, string instead, HandshakeError error)
    {
        string good = $"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n{Keys}\r\n\r\n";
        Assert.Equal(ServerHandshakeKind.WebSocket, DialectHandshake.Examine(Heads.Request(good), WebSocketDialects.All, out _).Kind);
        string bad = good.Replace(part + (instead.Length == 0 ? "\r\n" : ""), instead, StringComparison.Ordinal);
        var rejection = DialectHandshake.Examine(Heads.Request(bad), WebSocketDialects.All, out _).Rejection;
        Assert.Equal(error, rejection!.Error);
        Assert.InRange(rejection.StatusCode, 400, 405);
    }

    [Theory]
    [InlineData("Content-Length: 8", true)]
    [InlineData("Content-Length: 0", true)]
    [InlineData("Content-Length: 08", false)]
    [InlineData("Content-Length: 8\r\nContent-Length: 8", true)]
    public void Only_the_eight_bytes_may_be_announced(string line, bool good) => Assert.Equal(
        good, DialectHandshake.Examine(With("Host: localhost\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" + line, Keys), WebSocketDialects.All, out _).Rejection is null);

    [Fact]
    public void Without_a_challenge_no_body_is_announced() => Assert.Equal(
        HandshakeError.Body,
        DialectHandshake.Examine(With("Host: localhost\r\nUpgrade: WebSocket\r\nConnection: Upgrade", "Content-Length: 8"), WebSocketDialects.All, out _).Rejection!.Error);

    [Theory]
    [InlineData("a", new[] { "a" })]
    [InlineData("a b  c", new[] { "a", "b", "c" })]
    [InlineData("a, b,c", new[] { "a", "b", "c" })]
    public void Subprotocols_are_understood_with_spaces_or_commas(string value, string[] offered)
    {
        Assert.Null(EarlyHandshake.ReadSubProtocols(With("Sec-WebSocket-Protocol: " + value, "X: y"), "Sec-WebSocket-Protocol", out var names));
        Assert.Equal(offered, names);
    }

    [Theory]
    [InlineData(WebSocketDialects.All, "13, 8, 7")]
    [InlineData(WebSocketDialects.Hybi07 | WebSocketDialects.Hixie76, "7")]
    [InlineData(WebSocketDialects.Hixie76 | WebSocketDialects.Hixie75, null)]
    public void A_refused_version_is_told_those_spoken(WebSocketDialects spoken, string? versions)
    {
        var head = With("Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade", Rfc + "\r\nSec-WebSocket-Version: 12");
        var rejection = DialectHandshake.Examine(head, spoken, out _).Rejection;
        Assert.Equal((HandshakeError.Version, 426), (rejection!.Error, rejection.StatusCode));
        Assert.Equal(versions, rejection.Headers.FirstOrDefault(header => header.Key == "Sec-WebSocket-Version").Value);
    }

    [Fact]
    public void A_handshake_that_is_not_spoken_is_refused_as_before() => Assert.Equal(
        HandshakeError.Version,
        DialectHandshake.Examine(Heads.Request(Transcripts.Hixie76Head), WebSocketDialects.Rfc6455, out _).Rejection!.Error);

    [Fact]
    public void No_head_makes_the_judge_throw_and_what_it_takes_can_be_answered()
    {
        string[] lines =
        [
            "Host: a", "Host: [::1]:80", "Host: ", "Upgrade: WebSocket", "Upgrade: websocket, h2c", "Connection: Upgrade", "Connection: close", Rfc, Keys,
            "Sec-WebSocket-Version: 8", "Sec-WebSocket-Version: 7", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 99999999999999999999",
            "Sec-WebSocket-Key1: 1 2", "Sec-WebSocket-Key2:", "Sec-WebSocket-Draft: x", "Origin: null", "Origin: \u00E9\t\u00FF", "WebSocket-Protocol: \u00E9",
            "Sec-WebSocket-Protocol: a b", "Sec-WebSocket-Protocol: ,", "Content-Length: 8", "Content-Length: -1", "X-Forwarded-Proto: https", "Sec-WebSocket-Extensions: ;",
        ];
        var random = new Random(76);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string target = random.Next(6) switch { 0 => "*", 1 => "http://a/x?y", 2 => "a:80", 3 => "/\u00E9", _ => "/" };
            string start = random.Next(10) == 0 ? $"OPTIONS {target} HTTP/1.1" : $"GET {target} HTTP/1.{(random.Next(10) == 0 ? 0 : 1)}";
            var chosen = random.GetItems(lines, random.Next(10)).Concat(random.Next(3) > 0 ? ["Host: a", "Upgrade: WebSocket", "Connection: Upgrade"] : []).Distinct();
            var outcome = Heads.ReadWhole(HeadKind.Request, Heads.Bytes(start + "\r\n" + string.Concat(chosen.Select(line => line + "\r\n")) + "\r\n"));
            if (outcome.Head is not RequestHead head)
            {
                continue;
            }

            var result = DialectHandshake.Examine(head, WebSocketDialects.All, out var dialect);
            if (result.Kind == ServerHandshakeKind.WebSocket)
            {
                accepted++;
                Assert.StartsWith("HTTP/1.1 101 ", Encoding.Latin1.GetString(DialectHandshake.BuildResponse(dialect, head, false, result.SubProtocols.Count > 0 ? result.SubProtocols[0] : null, null, null)), StringComparison.Ordinal);
                if (dialect.Handshake == HandshakeKind.Challenge)
                {
                    Assert.Equal(16, Hixie76Handshake.Answer(head, new byte[8]).Length);
                }
            }
        }

        Assert.InRange(accepted, 100, 20_000);
    }

    private static string Answer(Dialect dialect, RequestHead head) =>
        Encoding.Latin1.GetString(DialectHandshake.BuildResponse(dialect, head, secure: false, "sample", null, null));

    private static RequestHead With(string lines, string more) => Heads.RequestWith([.. lines.Split("\r\n"), .. more.Split("\r\n")]);
}
