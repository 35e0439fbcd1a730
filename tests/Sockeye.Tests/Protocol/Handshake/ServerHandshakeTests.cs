using System.Text;
using Sockeye.Protocol.Extensions;
using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;
using Sockeye.Tests.Protocol.Http;

namespace Sockeye.Tests.Protocol.Handshake;

public sealed class ServerHandshakeTests
{
    public static TheoryData<int, string> Cases
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (int i = 0; i < ServerHandshakeCases.All.Count; i++)
                data.Add(i, Printable(ServerHandshakeCases.All[i].Name));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryCaseGetsItsAnswer(int index, string name)
    {
        HandshakeCase tested = ServerHandshakeCases.All[index];
        byte[] bytes = Heads.Bytes(tested.Text);
        ReadOutcome whole = Heads.ReadWhole(HeadKind.Request, bytes);
        Assert.True(whole.Status != HeadStatus.NeedMore, name);
        Assert.Equal(tested.Expected, Judge(whole));
        Assert.Equal(whole, Heads.ReadByByte(HeadKind.Request, bytes));
    }

    [Fact]
    public void TheTableIsAsLargeAsPromised()
    {
        Assert.True(ServerHandshakeCases.All.Count >= 170, $"{ServerHandshakeCases.All.Count} cases");
        Assert.Equal(ServerHandshakeCases.All.Count, ServerHandshakeCases.All.Select(tested => tested.Text).Distinct().Count());
    }

    [Fact]
    public void TellsWhatWasOffered()
    {
        RequestHead head = Heads.RequestWith("Host: a", "Upgrade: websocket", "Connection: upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + ServerHandshakeCases.Key,
            "Sec-WebSocket-Protocol: b, a", "Sec-WebSocket-Protocol: c", "Sec-WebSocket-Extensions: x; y=1", "Sec-WebSocket-Extensions: z");
        ServerHandshakeResult result = ServerHandshake.Examine(head);
        Assert.Equal(ServerHandshakeKind.WebSocket, result.Kind);
        Assert.Equal(["b", "a", "c"], result.SubProtocols);
        Assert.Equal(["x", "z"], result.Extensions.Select(extension => extension.Name));
        Assert.Equal([new ExtensionParameter("y", "1")], result.Extensions[0].Parameters);
        Assert.Equal("x; y=1, z", result.RawExtensions);
        Assert.Equal(ServerHandshakeCases.Key, Encoding.ASCII.GetString(result.Key));
    }

    [Fact]
    public void RefusalsAreWholeResponsesThatClose()
    {
        foreach (HandshakeCase tested in ServerHandshakeCases.All)
        {
            HandshakeRejection? rejection = RejectionOf(Heads.ReadWhole(HeadKind.Request, Heads.Bytes(tested.Text)));
            if (rejection is null) continue;
            string text = Encoding.Latin1.GetString(rejection.ToResponse());
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            ResponseHead head = Heads.Response(text[..end]);
            Assert.Equal(rejection.StatusCode, head.StatusCode);
            Assert.True(head.HasToken("connection"u8, "close"u8));
            Assert.Equal(text.Length - end, int.Parse(head["Content-Length"]!, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(rejection.Message + "\n", text[end..]);
            Assert.Equal(rejection.StatusCode == 405 ? "GET" : null, head["Allow"]);
            Assert.Equal(rejection.StatusCode == 426 ? "13" : null, head["Sec-WebSocket-Version"]);
            Assert.Equal(rejection.StatusCode == 426, head.HasToken("upgrade"u8, "websocket"u8));
            Assert.Equal(rejection.StatusCode == 426, head.HasToken("connection"u8, "upgrade"u8));
        }
    }

    [Fact]
    public void TheAnswerIsThatOfTheRfc()
    {
        byte[] bytes = ServerHandshake.BuildResponse("dGhlIHNhbXBsZSBub25jZQ=="u8, "chat", null, [new("Set-Cookie", "a=b")]);
        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\nSet-Cookie: a=b\r\n\r\n", Encoding.Latin1.GetString(bytes));
    }

    [Theory]
    [InlineData("Upgrade")]
    [InlineData("connection")]
    [InlineData("Sec-WebSocket-Accept")]
    [InlineData("Sec-WebSocket-Protocol")]
    [InlineData("sec-websocket-extensions")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    public void TheAnswersOwnHeadersAreRefused(string name)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => ServerHandshake.BuildResponse("dGhlIHNhbXBsZSBub25jZQ=="u8, null, null, [new(name, "x")]));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoControlGetsIntoTheAnswer()
    {
        for (int c = 0; c <= 0x7F; c++)
        {
            if (c is '\t' or (>= 0x20 and < 0x7F)) continue;
            foreach (string bad in HeadWriterTests.Poisoned((char)c))
            {
                Assert.ThrowsAny<ArgumentException>(() => ServerHandshake.BuildResponse("dGhlIHNhbXBsZSBub25jZQ=="u8, bad, null));
                Assert.ThrowsAny<ArgumentException>(() => ServerHandshake.BuildResponse("dGhlIHNhbXBsZSBub25jZQ=="u8, null, bad));
                Assert.ThrowsAny<ArgumentException>(() => ServerHandshake.BuildResponse("dGhlIHNhbXBsZSBub25jZQ=="u8, null, null, [new(bad, "x")]));
                Assert.ThrowsAny<ArgumentException>(() => ServerHandshake.BuildResponse("dGhlIHNhbXBsZSBub25jZQ=="u8, null, null, [new("X", bad)]));
            }
        }
    }

    [Fact]
    public void MutatedHeadsNeverThrowAndNeverDependOnTheCut()
    {
        var random = new Random(20_261_121);
        byte[][] seeds = [.. ServerHandshakeCases.All.Select(tested => Heads.Bytes(tested.Text)).Where(bytes => bytes.Length < 600)];
        byte[][] words = [.. "\r\n|\r|\n|: |:|, |\0|\t| |\"|;|=|Host: a|Upgrade|websocket|HTTP/1.1|\r\n\r\n|\x80|Sec-WebSocket-Key".Split('|').Select(Heads.Bytes)];
        var seen = new Dictionary<string, int>();
        for (int i = 0; i < 20_000; i++)
        {
            List<byte> bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int n = random.Next(1, 4); n > 0; n--) Mutate(bytes, random, words);
            byte[] input = [.. bytes];
            ReadOutcome whole = Heads.ReadWhole(HeadKind.Request, input);
            Assert.Equal(whole, Heads.ReadByByte(HeadKind.Request, input));
            string outcome = Judge(whole);
            seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
            Assert.Equal(Heads.ReadWhole(HeadKind.Response, input), Heads.ReadByByte(HeadKind.Response, input));
        }
        // A fuzzer that reaches nothing proves nothing.
        foreach (string outcome in (string[])["ws", "plain", "more", "400 MalformedHead", "400 Host", "400 Key", "400 Body", "400 Connection", "400 Extensions", "400 SubProtocol", "426 Version", "405 Method", "505 HttpVersion"])
            Assert.True(seen.GetValueOrDefault(outcome) >= 20, $"{outcome}: {seen.GetValueOrDefault(outcome)}");
    }

    private static void Mutate(List<byte> bytes, Random random, byte[][] words)
    {
        int at = random.Next(bytes.Count + 1);
        switch (random.Next(5))
        {
            case 0: bytes.Insert(at, (byte)random.Next(256)); break;
            case 1: bytes.InsertRange(at, words[random.Next(words.Length)]); break;
            case 2 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            case 3 when at < bytes.Count: bytes.RemoveRange(at, random.Next(1, Math.Min(20, bytes.Count - at) + 1)); break;
            case 4 when at < bytes.Count: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, random.Next(1, Math.Min(40, bytes.Count - at) + 1))); break;
        }
    }

    private static string Judge(ReadOutcome outcome)
    {
        if (outcome.Status == HeadStatus.NeedMore) return "more";
        if (RejectionOf(outcome) is { } rejection) return $"{rejection.StatusCode} {rejection.Error}";
        return ServerHandshake.Examine((RequestHead)outcome.Head!).Kind == ServerHandshakeKind.WebSocket ? "ws" : "plain";
    }

    private static HandshakeRejection? RejectionOf(ReadOutcome outcome) => outcome.Status == HeadStatus.Failed
        ? HandshakeRejection.Of(outcome.Error!)
        : ServerHandshake.Examine((RequestHead)outcome.Head!).Rejection;

    private static string Printable(string name) =>
        string.Concat(name.Take(80).Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"<{(int)c:X2}>"));
}
