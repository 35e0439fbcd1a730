using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye.Tests.Protocol.Http;

public sealed class HeadWriterTests
{
    private static readonly char[] Controls = [.. Enumerable.Range(0, 32).Where(c => c != '\t').Append(127).Select(c => (char)c), '\u0100', '\u010A', '\u010D', '\u2028'];

    /// <summary>A string with the character at its start, in its middle, at its end.</summary>
    public static IEnumerable<string> Poisoned(char c) => [$"{c}ab", $"a{c}b", $"ab{c}"];

    [Fact]
    public void NoControlGetsIntoAnything()
    {
        foreach (string bad in Controls.SelectMany(Poisoned))
        {
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Request(bad, "/"));
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Request("GET", "/" + bad));
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Response(200, bad));
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Response(200).Field(bad, "x"));
            ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Response(200).Field("X-Name", bad));
            Assert.Contains("X-Name", error.Message, StringComparison.Ordinal);
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Plain(200, bad, "x"u8));
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Plain(200, "text/plain", "x"u8, reason: bad));
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Plain(200, "text/plain", "x"u8, [new("X", bad)]));
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Plain(200, "text/plain", "x"u8, [new(bad, "x")]));
        }
    }

    [Fact]
    public void NamesAndMethodsAreTokens()
    {
        foreach (char c in "()<>@,;:\\\"/[]?={} \té")
        {
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Response(200).Field($"a{c}", "x"));
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Request($"G{c}", "/"));
        }
        foreach (string target in (string[])["", " ", "/ ", "/\t", "/#", "/é"])
            Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Request("GET", target));
        Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Response(200).Field("", "x"));
        Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Response(99));
        Assert.ThrowsAny<ArgumentException>(() => HeadWriter.Response(1000));
    }

    [Fact]
    public void WhatIsWrittenReadsBack()
    {
        string all = new([.. Enumerable.Range(0x20, 0xE0).Where(c => c != 0x7F).Select(c => (char)c)]);
        byte[] bytes = HeadWriter.Request("OPTIONS", "/a?b").Field("X", "!" + all + "!").Field("Y", "").End();
        RequestHead head = Heads.Request(Encoding.Latin1.GetString(bytes));
        Assert.Equal("OPTIONS", head.Method);
        Assert.Equal("/a?b", head.Target);
        Assert.Equal("!" + all + "!", head["X"]);
        Assert.Equal("", head["Y"]);
    }

    [Fact]
    public void PlainResponseIsWhole()
    {
        byte[] bytes = HeadWriter.Plain(404, "text/plain", "gone"u8, [new("X-A", "b")]);
        Assert.Equal("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nX-A: b\r\nConnection: close\r\n\r\ngone", Encoding.Latin1.GetString(bytes));
    }

    [Fact]
    public void AnswerToHeadTellsTheLengthOnly()
    {
        string text = Encoding.Latin1.GetString(HeadWriter.Plain(200, null, "body"u8, omitBody: true));
        Assert.Equal("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\n", text);
    }

    [Fact]
    public void SomeStatusesHaveNoBody()
    {
        Assert.Equal("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", Encoding.Latin1.GetString(HeadWriter.Plain(204, null, default)));
        Assert.Throws<ArgumentException>(() => HeadWriter.Plain(304, null, "x"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => HeadWriter.Plain(101, null, default));
    }

    [Theory]
    [InlineData("Content-Length")]
    [InlineData("transfer-encoding")]
    [InlineData("CONNECTION")]
    public void FramingIsNotTheCallers(string name)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => HeadWriter.Plain(200, null, default, [new(name, "1")]));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LongHeadsGrow()
    {
        HeadWriter head = HeadWriter.Response(200);
        for (int i = 0; i < 100; i++) head.Field("X", new string('a', i * 7));
        ResponseHead read = (ResponseHead)Heads.ReadWhole(HeadKind.Response, head.End(), new HeadLimits(65535)).Head!;
        Assert.Equal(Enumerable.Range(0, 100).Select(i => new string('a', i * 7)), read.GetValues("X"));
    }
}
