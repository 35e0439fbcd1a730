using System.IO.Pipelines;
using System.Text;
using Sockeye.Tests.Support;
using Sockeye.Transports.Memory;
using Sockeye.Transports.Pipes;

namespace Sockeye.Tests.Dialects;

/// <summary>Our client with servers of 2010, scripted: what it asks, and which answers it takes.</summary>
public sealed class EarlyClientTests
{
    private static readonly Uri s_url = new("ws://example.com/demo?x=1");

    private const string Answer75 =
        "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nWebSocket-Origin: http://example.com\r\n" +
        "WebSocket-Location: ws://example.com/demo?x=1\r\nWebSocket-Protocol: sample\r\n\r\n";

    private const string Answer76 =
        "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Origin: http://example.com\r\n" +
        "Sec-WebSocket-Location: ws://example.com/demo?x=1\r\nSec-WebSocket-Protocol: sample\r\n\r\n";

    public static TheoryData<string, string, ClientHandshakeError> BadAnswers => new()
    {
        { "101", "200", ClientHandshakeError.Status },
        { "Upgrade: WebSocket\r\n", "", ClientHandshakeError.Upgrade },
        { "Upgrade: WebSocket", "Upgrade: h2c", ClientHandshakeError.Upgrade },
        { "Origin: http://example.com", "Origin: http://example.org", ClientHandshakeError.Origin },
        { "Origin: http://example.com", "X: y", ClientHandshakeError.Origin },
        { "Location: ws://example.com/demo?x=1", "Location: ws://example.com/demo", ClientHandshakeError.Location },
        { "Location: ws://", "Location: wss://", ClientHandshakeError.Location },
        { "Protocol: sample", "Protocol: other", ClientHandshakeError.SubProtocol },
        { "Protocol: sample", "X: y", ClientHandshakeError.SubProtocol },
    };

    [Theory, MemberData(nameof(BadAnswers))]
    public async Task A_bad_answer_is_not_taken(string part, string instead, ClientHandshakeError error)
    {
        foreach (var (dialect, good) in ((WebSocketDialects, string)[])[(WebSocketDialects.Hixie75, Answer75), (WebSocketDialects.Hixie76, Answer76)])
        {
            Assert.Contains(part, good, StringComparison.Ordinal);
            var (opening, _) = await AnswerAsync(dialect, _ => Encoding.Latin1.GetBytes(good.Replace(part, instead, StringComparison.Ordinal)));
            var refused = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => opening.Soon());
            Assert.Equal(error, refused.Error);
        }
    }

    [Theory]
    [InlineData("Web Socket", "WebSocket")]
    [InlineData("Upgrade: WebSocket\r\nConnection: Upgrade", "Connection: Upgrade\r\nUpgrade: WebSocket")]
    public async Task Hixie_75_compares_the_first_three_lines_byte_by_byte(string part, string instead)
    {
        var (opening, _) = await AnswerAsync(WebSocketDialects.Hixie75, _ => Encoding.Latin1.GetBytes(Answer75.Replace(part, instead, StringComparison.Ordinal)));
        Assert.Equal(ClientHandshakeError.Upgrade, (await Assert.ThrowsAsync<WebSocketHandshakeException>(() => opening.Soon())).Error);
    }

    [Fact]
    public async Task The_request_of_hixie_75_is_byte_exact()
    {
        var (opening, request) = await AnswerAsync(WebSocketDialects.Hixie75, _ => Encoding.Latin1.GetBytes(Answer75));
        Assert.Equal(
            "GET /demo?x=1 HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: example.com\r\nOrigin: http://example.com\r\nWebSocket-Protocol: sample\r\n\r\n",
            request);
        await using var connection = await opening.Soon();
        Assert.Equal(("sample", WebSocketDialects.Hixie75, DialectTraits.None), (connection.SubProtocol, connection.Dialect, connection.Traits));
        connection.Abort();
    }

    [Fact]
    public async Task The_challenge_is_answered_or_the_connection_fails()
    {
        for (int wrong = -1; wrong < 16; wrong += 5)
        {
            var (opening, request) = await AnswerAsync(WebSocketDialects.Hixie76, bytes =>
            {
                byte[] answer = Solve(bytes);
                if (wrong >= 0)
                {
                    answer[wrong] ^= 1;
                }

                return [.. Encoding.Latin1.GetBytes(Answer76), .. answer, 0, .. "first"u8, 0xFF];
            });
            Assert.DoesNotContain("Sec-WebSocket-Version", request, StringComparison.Ordinal);
            if (wrong >= 0)
            {
                Assert.Equal(ClientHandshakeError.Accept, (await Assert.ThrowsAsync<WebSocketHandshakeException>(() => opening.Soon())).Error);
                continue;
            }

            await using var connection = await opening.Soon();
            Assert.Equal("first", (await connection.ReceiveAsync().Soon()).ToString());
            Assert.Equal("/demo?x=1", connection.Request!.Target);
            connection.Abort();
        }
    }

    [Fact]
    public async Task An_answer_that_breaks_off_before_its_sixteen_bytes_fails()
    {
        var (opening, _) = await AnswerAsync(WebSocketDialects.Hixie76, bytes => [.. Encoding.Latin1.GetBytes(Answer76), .. Solve(bytes)[..15]], end: true);
        await Assert.ThrowsAsync<WebSocketHandshakeException>(() => opening.Soon());
    }

    [Theory]
    [InlineData(WebSocketDialects.Hixie76)]
    [InlineData(WebSocketDialects.August2010)]
    [InlineData(WebSocketDialects.Hixie75)]
    [InlineData(WebSocketDialects.Hybi07)]
    public async Task Any_cut_of_the_bytes_opens_and_carries_the_same(WebSocketDialects dialect)
    {
        var random = new Random(2010);
        for (int i = 0; i < 40; i++)
        {
            int seed = random.Next();
            Func<int, int> Cuts(int more) => i == 0 ? _ => 1 : new CutSource(seed + more).Next;
            await using var pair = await Pair.OpenAsync(
                new MemoryLinkOptions { Cut = Cuts(0) },
                new MemoryLinkOptions { Cut = Cuts(1) },
                new WebSocketServerOptions { Dialects = dialect },
                new WebSocketClientOptions { Dialect = dialect });
            foreach (string text in (string[])["caf\u00E9 \U0001F600", "", "end"])
            {
                await pair.Client.SendAsync(text);
                Assert.Equal(text, (await pair.Server.ReceiveAsync().Soon()).ToString());
                await pair.Server.SendAsync(text);
                Assert.Equal(text, (await pair.Client.ReceiveAsync().Soon()).ToString());
            }
        }
    }

    [Fact]
    public async Task Several_subprotocols_are_offered_only_where_there_is_a_list()
    {
        foreach (var dialect in (WebSocketDialects[])[WebSocketDialects.Hixie75, WebSocketDialects.Hixie76])
        {
            var options = new WebSocketClientOptions { Dialect = dialect, SubProtocols = { "a", "b" } };
            await Assert.ThrowsAsync<ArgumentException>(() => WebSocketClient.ConnectAsync(new MemoryStream(), s_url, options));
        }

        await using var pair = await Pair.OpenAsync(
            TransportKind.Memory,
            server: options => (options.Dialects, options.AcceptAnySubProtocol) = (WebSocketDialects.August2010, true),
            client: options =>
            {
                options.Dialect = WebSocketDialects.August2010;
                options.SubProtocols.Add("a");
                options.SubProtocols.Add("b");
            });
        Assert.Equal("a", pair.Client.SubProtocol);
    }

    [Fact]
    public async Task A_client_speaks_one_dialect()
    {
        var options = new WebSocketClientOptions { Dialect = WebSocketDialects.All };
        await Assert.ThrowsAsync<ArgumentException>(() => WebSocketClient.ConnectAsync(s_url, options));
    }

    private static byte[] Solve(byte[] request)
    {
        string text = Encoding.Latin1.GetString(request);
        return ChallengeKeys.Answer(Value("Sec-WebSocket-Key1: "), Value("Sec-WebSocket-Key2: "), request.AsSpan(^8));

        string Value(string name)
        {
            int at = text.IndexOf(name, StringComparison.Ordinal) + name.Length;
            return text[at..text.IndexOf("\r\n", at, StringComparison.Ordinal)];
        }
    }

    private static async Task<(Task<WebSocketConnection> Opening, string Request)> AnswerAsync(
        WebSocketDialects dialect, Func<byte[], byte[]> answer, bool end = false)
    {
        var (up, down) = (new Pipe(), new Pipe());
        var options = new WebSocketClientOptions { Dialect = dialect, SubProtocols = { "sample" } };
        var opening = WebSocketClient.ConnectAsync(new PipeLink(down.Reader, up.Writer, new PipeLinkDetails()), s_url, options);
        var request = new List<byte>();
        byte[] headEnd = "\r\n\r\n"u8.ToArray();
        int extra = dialect == WebSocketDialects.Hixie75 ? 0 : 8;
        int head;
        while ((head = request.ToArray().AsSpan().IndexOf(headEnd)) < 0 || request.Count < head + 4 + extra)
        {
            var read = await up.Reader.ReadAsync();
            request.AddRange(System.Buffers.BuffersExtensions.ToArray(read.Buffer));
            up.Reader.AdvanceTo(read.Buffer.End);
        }

        await down.Writer.WriteAsync(answer([.. request]));
        if (end)
        {
            await down.Writer.CompleteAsync();
        }

        return (opening, Encoding.Latin1.GetString([.. request]));
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class CutSource(int seed)
    {
        private readonly Random _random = new(seed);

        public int Next(int available)
        {
            lock (_random)
            {
                return _random.Next(1, Math.Min(available, 20) + 1);
            }
        }
    }
}
