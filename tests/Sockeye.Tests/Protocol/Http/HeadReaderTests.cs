using System.Text;
using Sockeye.Protocol.Http;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Http;

public sealed class HeadReaderTests
{
    private const string Good = "GET /chat?a=1 HTTP/1.1\r\nHost: example.com\r\nX-Empty:\r\nX-Pad: \t two words \t\r\nx-empty: again\r\n\r\n";

    [Fact]
    public void ReadsWhatIsThere()
    {
        RequestHead head = Heads.Request(Good);
        Assert.Equal("GET", head.Method);
        Assert.Equal("/chat?a=1", head.Target);
        Assert.Equal("/chat", head.Path);
        Assert.Equal("a=1", head.Query);
        Assert.Equal(new Version(1, 1), head.Version);
        Assert.Equal("example.com", head.Host);
        Assert.Equal("two words", head["x-pad"]);
        Assert.Equal(", again", head["X-EMPTY"]);
        Assert.Equal(["", "again"], head.GetValues("X-Empty"));
        Assert.Equal(4, head.Count);
        Assert.Equal(Good, head.ToString());
    }

    [Fact]
    public void LeavesWhatFollowsTheHead()
    {
        var reader = new HeadReader(HeadKind.Request);
        Assert.Equal(HeadStatus.Complete, reader.Read(Heads.Bytes(Good + "\x81\x80rest"), out int consumed));
        Assert.Equal(Good.Length, consumed);
        Assert.Equal(HeadStatus.Complete, reader.Read("more"u8, out consumed));
        Assert.Equal(0, consumed);
    }

    [Fact]
    public void IsReadyAgainAfterReset()
    {
        var reader = new HeadReader(HeadKind.Response);
        Assert.False(reader.HasStarted);
        reader.Read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 X\r\n\r\n"u8, out int consumed);
        Assert.Equal(100, ((ResponseHead)reader.Head!).StatusCode);
        reader.Reset();
        Assert.False(reader.HasStarted);
        Assert.Null(reader.Head);
        Assert.Equal(HeadStatus.NeedMore, reader.Read("HTTP/1.1 1"u8, out _));
        Assert.True(reader.HasStarted);
        Assert.Equal(HeadStatus.Complete, reader.Read("01 X\r\nA: b\r\n\r\n"u8, out _));
        Assert.Equal("b", reader.Head!["a"]);
        Assert.Equal(25, consumed);
    }

    public static TheoryData<string> Cuttable => new(Good,
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n folded: x\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\r\nA: b\n\r\n", "GET / HTTP/1.1\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: " + "\xE9\xFF \t \xE9" + "  \t\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n\rX", "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03");

    [Theory]
    [MemberData(nameof(Cuttable))]
    public void AnyCutGivesTheSame(string text)
    {
        byte[] bytes = Heads.Bytes(text);
        ReadOutcome whole = Heads.ReadWhole(HeadKind.Request, bytes);
        Assert.NotEqual(HeadStatus.NeedMore, whole.Status);
        Assert.Equal(whole, Heads.ReadByByte(HeadKind.Request, bytes));
        for (int cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(whole, Heads.Read(HeadKind.Request, null, bytes.AsMemory(0, cut), bytes.AsMemory(cut)));
    }

    // The text is refused at its last byte, and not one byte before.
    public static TheoryData<string, int, string> RefusedAtTheLastByte => new()
    {
        { "\x16", 400, "TLS" }, { "\0", 400, "first byte" }, { "\r\n\r", 400, "empty line" }, { "\r\n\n", 400, "empty line" }, { "\n", 400, "empty line" }, { " ", 400, "first byte" },
        { "\x80", 400, "first byte" }, { "{", 400, "first byte" }, { "G\0", 400, "method" }, { "GET\t", 400, "method" }, { "GET\r", 400, "method" },
        { "G(", 400, "method" }, { "GET  ", 400, "exactly one space" }, { "GET /a\t", 400, "visible" }, { "GET /\x7F", 400, "visible" },
        { "GET /\xE9", 400, "visible" }, { "GET /a#", 400, "fragment" }, { "GET /\r", 400, "no HTTP version" }, { "GET /\n", 400, "no HTTP version" },
        { "GET / h", 400, "HTTP/1.1" }, { "GET /  ", 400, "HTTP/1.1" }, { "GET / HTTP/x", 400, "HTTP/1.1" }, { "GET / HTTP/1,", 400, "HTTP/1.1" },
        { "GET / HTTP/1.x", 400, "HTTP/1.1" }, { "GET / HTTP/2.0", 505, "version" }, { "GET / HTTP/0.9", 505, "version" }, { "PRI * HTTP/2.0", 505, "version" },
        { "GET / HTTP/1.1 ", 400, "follow" }, { "GET / HTTP/1.11", 400, "follow" }, { "GET / HTTP/1.1\n", 400, "bare LF" },
        { "GET / HTTP/1.1\rH", 400, "CR" }, { "GET / HTTP/1.1\r\n ", 400, "White space" }, { "GET / HTTP/1.1\r\n\t", 400, "White space" },
        { "GET / HTTP/1.1\r\n:", 400, "no name" }, { "GET / HTTP/1.1\r\n\n", 400, "no colon" }, { "GET / HTTP/1.1\r\nA\r", 400, "no colon" }, { "GET / HTTP/1.1\r\nA ", 400, "White space" },
        { "GET / HTTP/1.1\r\nA\t", 400, "White space" }, { "GET / HTTP/1.1\r\nA\0", 400, "name" }, { "GET / HTTP/1.1\r\nA\xE9", 400, "name" },
        { "GET / HTTP/1.1\r\nA@", 400, "name" }, { "GET / HTTP/1.1\r\nA: \0", 400, "0x00" }, { "GET / HTTP/1.1\r\nA: b\x1F", 400, "0x1F" },
        { "GET / HTTP/1.1\r\nA: b\x7F", 400, "0x7F" }, { "GET / HTTP/1.1\r\nA: b\n", 400, "bare LF" }, { "GET / HTTP/1.1\r\nA:\n", 400, "bare LF" },
        { "GET / HTTP/1.1\r\nA: b\rB", 400, "CR" }, { "GET / HTTP/1.1\r\nA: b\r\r", 400, "CR" }, { "GET / HTTP/1.1\r\nA: b\r\n ", 400, "folded" },
        { "GET / HTTP/1.1\r\nA: b\r\n\t", 400, "folded" }, { "GET / HTTP/1.1\r\nA: b\r\n\r\r", 400, "CR" }, { "GET / HTTP/1.1\r\n\rX", 400, "CR" },
    };

    [Theory]
    [MemberData(nameof(RefusedAtTheLastByte))]
    public void RefusesAtTheFirstImpossibleByte(string text, int status, string says)
    {
        byte[] bytes = Heads.Bytes(text);
        Assert.Equal(HeadStatus.NeedMore, Heads.ReadWhole(HeadKind.Request, bytes[..^1]).Status);
        ReadOutcome outcome = Heads.ReadWhole(HeadKind.Request, bytes);
        Assert.Equal(HeadStatus.Failed, outcome.Status);
        Assert.Equal(status, outcome.Error!.StatusCode);
        Assert.Contains(says, outcome.Error.Message, StringComparison.Ordinal);
        Assert.Equal(outcome, Heads.ReadByByte(HeadKind.Request, bytes));
        Assert.Equal(outcome, Heads.ReadWhole(HeadKind.Request, [.. bytes, .. "and what follows changes nothing"u8]));
    }

    [Fact]
    public void OneEmptyLineBeforeTheRequestIsPassedOver()
    {
        byte[] bytes = Heads.Bytes("\r\n" + Good);
        ReadOutcome whole = Heads.ReadWhole(HeadKind.Request, bytes);
        Assert.Equal(HeadStatus.Complete, whole.Status);
        var reader = new HeadReader(HeadKind.Request);
        Assert.Equal(HeadStatus.Complete, reader.Read(bytes, out int consumed));
        Assert.Equal((bytes.Length, Good), (consumed, reader.Head!.ToString()));
        Assert.Equal("/chat?a=1", ((RequestHead)reader.Head).Target);
        for (int cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal(whole, Heads.Read(HeadKind.Request, null, bytes.AsMemory(0, cut), bytes.AsMemory(cut)));
        Assert.Equal(HeadStatus.Failed, Heads.ReadWhole(HeadKind.Request, Heads.Bytes("\rGET / HTTP/1.1\r\n\r\n")).Status);
        Assert.Equal(HeadStatus.Failed, Heads.ReadWhole(HeadKind.Response, Heads.Bytes("\r\nHTTP/1.1 101 X\r\n\r\n")).Status);
    }

    [Fact]
    public void EveryByteInAValueIsJudged()
    {
        for (int b = 0; b < 256; b++)
        {
            byte[] bytes = Heads.Bytes("GET / HTTP/1.1\r\nA: x" + (char)b + "y\r\n\r\n");
            bool control = (b < 0x20 && b != '\t') || b == 0x7F;
            Assert.Equal(control ? HeadStatus.Failed : HeadStatus.Complete, Heads.ReadWhole(HeadKind.Request, bytes).Status);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, "Switching Protocols")]
    [InlineData("HTTP/1.1 101 \r\n\r\n", 101, "")]
    [InlineData("HTTP/1.1 101\r\n\r\n", 101, "")]
    [InlineData("HTTP/1.0 404 Not  Found\xE9\r\nA: b\r\n\r\n", 404, "Not  Found\xE9")]
    [InlineData("HTTP/1.1 999 \t\r\n\r\n", 999, "\t")]
    public void ReadsResponses(string text, int status, string reason)
    {
        ResponseHead head = Heads.Response(text);
        Assert.Equal(status, head.StatusCode);
        Assert.Equal(reason, head.ReasonPhrase);
        Assert.Equal(Heads.ReadWhole(HeadKind.Response, Heads.Bytes(text)), Heads.ReadByByte(HeadKind.Response, Heads.Bytes(text)));
    }

    [Theory]
    [InlineData("h")]
    [InlineData("\x16")]
    [InlineData("HTTP/2")]
    [InlineData("HTTP/1.1\r")]
    [InlineData("HTTP/1.1  ")]
    [InlineData("HTTP/1.1 0")]
    [InlineData("HTTP/1.1 10x")]
    [InlineData("HTTP/1.1 1010")]
    [InlineData("HTTP/1.1 101\t")]
    [InlineData("HTTP/1.1 101\n")]
    [InlineData("HTTP/1.1 101 a\0")]
    [InlineData("HTTP/1.1 101 a\n")]
    [InlineData("HTTP/1.1 101 a\r\r")]
    public void RefusesResponses(string text)
    {
        byte[] bytes = Heads.Bytes(text == "HTTP/2" ? "HTTP/2.0" : text);
        Assert.Equal(HeadStatus.NeedMore, Heads.ReadWhole(HeadKind.Response, bytes[..^1]).Status);
        Assert.Equal(HeadStatus.Failed, Heads.ReadWhole(HeadKind.Response, bytes).Status);
        Assert.Equal(Heads.ReadWhole(HeadKind.Response, bytes), Heads.ReadByByte(HeadKind.Response, bytes));
    }

    [Fact]
    public void HeadLimitHoldsFromBothSides()
    {
        var limits = new HeadLimits(headBytes: 100, fields: 10, startLineBytes: 50);
        string start = "GET / HTTP/1.1\r\nA: ";
        string fits = start + new string('x', 100 - start.Length - 4) + "\r\n\r\n";
        AssertLimit(limits, fits, null);
        AssertLimit(limits, fits.Insert(start.Length, "x"), 431);
        Assert.Equal(100, Heads.ReadWhole(HeadKind.Request, Heads.Bytes(start + new string('x', 900)), limits).Consumed);
    }

    [Fact]
    public void RequestLineLimitHoldsFromBothSides()
    {
        var limits = new HeadLimits(headBytes: 100, fields: 10, startLineBytes: 50);
        string fits = "GET /" + new string('a', 50 - 16) + " HTTP/1.1\r\n\r\n";
        AssertLimit(limits, fits, null);
        AssertLimit(limits, fits.Insert(5, "a"), 414);
        AssertLimit(limits, new string('A', 51), 414);
        Assert.Equal(HeadStatus.NeedMore, Heads.ReadWhole(HeadKind.Request, Heads.Bytes(new string('A', 49)), limits).Status);
        Assert.Equal(431, Heads.ReadWhole(HeadKind.Response, Heads.Bytes("HTTP/1.1 200 " + new string('a', 60)), limits).Error!.StatusCode);
    }

    [Fact]
    public void FieldLimitHoldsFromBothSides()
    {
        var limits = new HeadLimits(fields: 3);
        AssertLimit(limits, "GET / HTTP/1.1\r\nA:\r\nA:\r\nA:\r\n\r\n", null);
        AssertLimit(limits, "GET / HTTP/1.1\r\nA:\r\nA:\r\nA:\r\nB", 431);
        string many = string.Concat(Enumerable.Repeat("A:b\r\n", 128));
        AssertLimit(HeadLimits.Default, "GET / HTTP/1.1\r\n" + many + "\r\n", null);
        AssertLimit(HeadLimits.Default, "GET / HTTP/1.1\r\n" + many + "A:b\r\n\r\n", 431);
    }

    [Fact]
    public void DefaultsAreThoseDocumented()
    {
        AssertLimit(HeadLimits.Default, Padded(32 * 1024), null);
        AssertLimit(HeadLimits.Default, Padded(32 * 1024 + 1), 431);
        AssertLimit(new HeadLimits(headBytes: 65535), Padded(65535), null);
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeadLimits(headBytes: 65536));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeadLimits(headBytes: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeadLimits(fields: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeadLimits(startLineBytes: 0));
    }

    public static TheoryData<string, string> Repeats => new()
    {
        { "GET / HTTP/1.1\r\nA: ", " " }, { "GET / HTTP/1.1\r\nA: x", " " }, { "GET / HTTP/1.1\r\nA: ", "x " }, { "GET / HTTP/1.1\r\n", "a" },
        { "GET / HTTP/1.1\r\n", "a:\r\n" }, { "GET / HTTP/1.1\r\n", "a: b \t\r\n" }, { "GET /", "a" }, { "", "A" }, { "GET / HTTP/1.1\r\nA: ", "\xFF" },
    };

    [Theory]
    [MemberData(nameof(Repeats))]
    public void CostIsLinearHoweverCut(string start, string repeat)
    {
        var limits = new HeadLimits(65535, 65535, 65535);
        foreach (int piece in (int[])[1, 2, 7, 1000, 65535])
        {
            (long small, long smallMemory) = Cost(16_000, piece);
            (long large, long largeMemory) = Cost(32_000, piece);
            Assert.True(large <= 6 * 32_000, $"{large} looks at 32,000 bytes in pieces of {piece}");
            Assert.True(large <= small * 2.2 + 100, $"{small} looks, then {large}");
            Assert.True(largeMemory <= 8 * 32_000 + smallMemory, $"{smallMemory} bytes of memory, then {largeMemory}");
        }

        (long Work, long Memory) Cost(int size, int piece)
        {
            byte[] bytes = Heads.Bytes(start + string.Concat(Enumerable.Repeat(repeat, size / repeat.Length + 1)))[..size];
            HeadReader reader = null!;
            var status = HeadStatus.NeedMore;
            long memory = Allocations.Least(() =>
            {
                reader = new HeadReader(HeadKind.Request, limits);
                for (int at = 0; at < size; at += piece)
                    status = reader.Read(bytes.AsSpan(at, Math.Min(piece, size - at)), out _);
            }, 3);
            Assert.Equal(HeadStatus.NeedMore, status);
            return (reader.BytesExamined + reader.BytesCopied, memory);
        }
    }

    [Fact]
    public void AHeadInOnePieceIsCopiedOnce()
    {
        byte[] bytes = Heads.Bytes(Padded(30_000));
        var reader = new HeadReader(HeadKind.Request);
        reader.Read(bytes, out _);
        Assert.Equal(bytes.Length, reader.BytesCopied);
    }

    private static string Padded(int length)
    {
        const string start = "GET / HTTP/1.1\r\nA: ";
        return start + new string('x', length - start.Length - 4) + "\r\n\r\n";
    }

    private static void AssertLimit(HeadLimits limits, string text, int? status)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        ReadOutcome whole = Heads.ReadWhole(HeadKind.Request, bytes, limits);
        Assert.Equal(status, whole.Error?.StatusCode);
        Assert.Equal(status is null ? HeadStatus.Complete : HeadStatus.Failed, whole.Status);
        Assert.Equal(whole, Heads.ReadByByte(HeadKind.Request, bytes, limits));
    }
}
