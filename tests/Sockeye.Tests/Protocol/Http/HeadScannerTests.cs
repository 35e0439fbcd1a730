using System.Buffers.Binary;
using Sockeye.Protocol.Http;

namespace Sockeye.Tests.Protocol.Http;

public sealed class HeadScannerTests
{
    private const string Line = "GET / HTTP/1.1\r\n";

    [Fact]
    public void The_places_of_a_request_are_told()
    {
        const string text = "OPTIONS /a?b HTTP/1.0\r\nHost: h\r\nX:\r\nPad: \t a b \t\r\n\r\n";
        HeadScanner scanner = Scanned(HeadKind.Request, text);

        Assert.True(scanner.IsDone);
        Assert.Equal("OPTIONS", text[..scanner.MethodLength]);
        Assert.Equal("/a?b", text.Substring(scanner.MethodLength + 1, scanner.TargetLength));
        Assert.Equal(0, scanner.MinorVersion);
        Assert.Equal(0, scanner.StatusCode);
        Assert.Equal(3, scanner.FieldCount);
        Assert.Equal([("Host", "h"), ("X", ""), ("Pad", "a b")], Fields(scanner, text));
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, "Switching Protocols")]
    [InlineData("HTTP/1.1 404 \r\n\r\n", 404, "")]
    [InlineData("HTTP/1.1 599\r\n\r\n", 599, "")]
    [InlineData("HTTP/1.0 200  a \r\n\r\n", 200, " a ")]
    public void The_places_of_a_response_are_told(string text, int status, string reason)
    {
        HeadScanner scanner = Scanned(HeadKind.Response, text);

        Assert.True(scanner.IsDone);
        Assert.Equal(status, scanner.StatusCode);
        Assert.Equal(reason, text.Substring(scanner.ReasonPhrase.Start, scanner.ReasonPhrase.Length));
        Assert.Equal(0, scanner.FieldCount);
        Assert.True(scanner.Index.IsEmpty);
    }

    [Theory]
    [InlineData("", "\r\nGET")]
    [InlineData("", "\x16\x03\x01")]
    [InlineData("", " GET")]
    [InlineData("G", "\0T")]
    [InlineData("GET ", " /")]
    [InlineData("GET /a", "#b")]
    [InlineData("GET /a", "\xE9")]
    [InlineData("GET /a", "\r\n")]
    [InlineData("GET / ", " HTTP/1.1")]
    [InlineData("GET / ", "http/1.1")]
    [InlineData("GET / HTTP/1", ",1")]
    [InlineData("GET / HTTP/2.", "0\r\n")]
    [InlineData("GET / HTTP/1.1", " \r\n")]
    [InlineData("GET / HTTP/1.1", "\n")]
    [InlineData("GET / HTTP/1.1\r", "H")]
    [InlineData(Line, " A: b")]
    [InlineData(Line, ": b")]
    [InlineData(Line + "A", " : b")]
    [InlineData(Line + "A", "\r\n\r\n")]
    [InlineData(Line + "A", "\x80: b")]
    [InlineData(Line + "A: b", "\n\r\n")]
    [InlineData(Line + "A: b", "\0")]
    [InlineData(Line + "A: b\r", "\r\n")]
    [InlineData(Line + "A: b\r\n", "\tc\r\n")]
    [InlineData(Line + "A: b\r\n\r", "X")]
    public void A_request_is_refused_where_its_first_impossible_byte_stands(string accepted, string refused) =>
        AssertRefused(HeadKind.Request, accepted, refused);

    [Theory]
    [InlineData("", "GET /")]
    [InlineData("HTTP/", "x")]
    [InlineData("HTTP/1.1", "\r\n")]
    [InlineData("HTTP/1.1 ", "099")]
    [InlineData("HTTP/1.1 10", "\r\n")]
    [InlineData("HTTP/1.1 101", "0 X")]
    [InlineData("HTTP/1.1 101 a", "\n")]
    [InlineData("HTTP/1.1 101 a", "\x7F")]
    [InlineData("HTTP/1.1 101 a\r\n", "\n")]
    public void A_response_is_refused_where_its_first_impossible_byte_stands(string accepted, string refused) =>
        AssertRefused(HeadKind.Response, accepted, refused);

    [Fact]
    public void A_version_that_is_not_1_is_505_and_other_faults_are_400()
    {
        Assert.Equal(505, Scanned(HeadKind.Request, "GET / HTTP/3.0").Error!.StatusCode);
        Assert.Equal(505, Scanned(HeadKind.Response, "HTTP/0.9").Error!.StatusCode);
        Assert.Equal(400, Scanned(HeadKind.Request, "GET / HTTP/1.x").Error!.StatusCode);
    }

    [Fact]
    public void Nothing_behind_the_end_is_taken()
    {
        var scanner = new HeadScanner(HeadKind.Request, HeadLimits.Default);
        Assert.Equal(Line.Length + 2, scanner.Scan(Heads.Bytes(Line + "\r\n\x81\x85")));
        Assert.True(scanner.IsDone);
        Assert.Equal(0, scanner.Scan("more"u8));
        Assert.Null(scanner.Error);
    }

    // An input of exactly the limit may end; a byte more, and it is refused before that byte is taken.
    [Theory]
    [InlineData(19, true)]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void The_start_line_has_its_limit(int length, bool good)
    {
        var scanner = new HeadScanner(HeadKind.Request, new HeadLimits(headBytes: 100, startLineBytes: 20));
        string line = $"GET /{new string('a', length - 16)} HTTP/1.1\r\n";
        int taken = scanner.Scan(Heads.Bytes(line + "\r\n"));

        Assert.Equal(length, line.Length);
        Assert.Equal((good, good ? length + 2 : 20, good ? null : (int?)414), (scanner.IsDone, taken, scanner.Error?.StatusCode));
    }

    [Theory]
    [InlineData(49, true)]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void The_head_has_its_limit(int length, bool good)
    {
        var scanner = new HeadScanner(HeadKind.Request, new HeadLimits(headBytes: 50, startLineBytes: 20));
        int taken = scanner.Scan(Heads.Bytes($"{Line}A:{new string('v', length - Line.Length - 6)}\r\n\r\n"));

        Assert.Equal((good, good ? length : 50, good ? null : (int?)431), (scanner.IsDone, taken, scanner.Error?.StatusCode));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void The_fields_have_their_limit(int fields, bool good)
    {
        var scanner = new HeadScanner(HeadKind.Request, new HeadLimits(fields: 2));
        int taken = scanner.Scan(Heads.Bytes(Line + string.Concat(Enumerable.Repeat("A:b\r\n", fields)) + "\r\n"));

        Assert.Equal(good, scanner.IsDone);
        Assert.Equal(good ? null : 431, scanner.Error?.StatusCode);
        Assert.Equal(Line.Length + 5 * Math.Min(fields, 2) + (good ? 2 : 0), taken);
    }

    [Fact]
    public void The_index_grows_with_the_fields()
    {
        string text = Line + string.Concat(Enumerable.Range(0, 100).Select(i => $"N{i}: v{i}\r\n")) + "\r\n";
        Assert.Equal(Enumerable.Range(0, 100).Select(i => ($"N{i}", $"v{i}")), Fields(Scanned(HeadKind.Request, text), text));
    }

    private static void AssertRefused(HeadKind kind, string accepted, string refused)
    {
        byte[] bytes = Heads.Bytes(accepted + refused);
        var whole = new HeadScanner(kind, HeadLimits.Default);
        Assert.Equal(accepted.Length, whole.Scan(bytes));
        Assert.NotNull(whole.Error);
        Assert.False(whole.IsDone);

        var bitwise = new HeadScanner(kind, HeadLimits.Default);
        for (int i = 0; i < accepted.Length; i++)
        {
            Assert.Equal(1, bitwise.Scan(bytes.AsSpan(i, 1)));
            Assert.Null(bitwise.Error);
        }
        Assert.Equal(0, bitwise.Scan(bytes.AsSpan(accepted.Length, 1)));
        Assert.Equal(whole.Error, bitwise.Error);
    }

    private static HeadScanner Scanned(HeadKind kind, string text)
    {
        var scanner = new HeadScanner(kind, HeadLimits.Default);
        scanner.Scan(Heads.Bytes(text));
        return scanner;
    }

    private static List<(string Name, string Value)> Fields(HeadScanner scanner, string text)
    {
        var fields = new List<(string, string)>();
        for (ReadOnlySpan<byte> index = scanner.Index; !index.IsEmpty; index = index[HeadScanner.FieldSize..])
            fields.Add((Part(index, text), Part(index[4..], text)));
        return fields;
    }

    private static string Part(ReadOnlySpan<byte> entry, string text) =>
        text.Substring(BinaryPrimitives.ReadUInt16LittleEndian(entry), BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]));
}
