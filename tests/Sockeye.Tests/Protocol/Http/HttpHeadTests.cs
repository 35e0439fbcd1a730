using System.Collections;
using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye.Tests.Protocol.Http;

public sealed class HttpHeadTests
{
    [Fact]
    public void Fields_of_a_name_are_joined_in_the_order_they_came()
    {
        HttpHead head = Heads.RequestWith("A: 1", "B: x", "a: 2", "A:", "A: 3,4");

        Assert.Equal("1, 2, , 3,4", head["A"]);
        Assert.Equal("x", head["B"]);
        Assert.Equal(["1", "2", "", "3,4"], head.GetValues("a"));
        Assert.Equal(5, head.Count);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Key")]
    [InlineData("sec-websocket-key")]
    [InlineData("SEC-WEBSOCKET-KEY")]
    public void A_name_is_found_in_any_case(string name)
    {
        HttpHead head = Heads.RequestWith("Sec-WEBSOCKET-key: k");

        Assert.Equal("k", head[name]);
        Assert.True(head.Contains(name));
        Assert.Equal(["k"], head.GetValues(name));
        Assert.Equal(0, head.Find(Encoding.ASCII.GetBytes(name), 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sec-WebSocket-Ke")]
    [InlineData("Sec-WebSocket-Keys")]
    [InlineData("Sec-WebSocket\rKey")] // differs from - in the bit that tells the cases of letters apart
    [InlineData("\u212Aey")] // the Kelvin sign is a k to some
    [InlineData("ey")]
    public void No_other_name_is_taken_for_it(string name)
    {
        HttpHead head = Heads.RequestWith("Sec-WebSocket-Key: k", "Key: k");

        Assert.Null(head[name]);
        Assert.False(head.Contains(name));
        Assert.Empty(head.GetValues(name));
    }

    [Fact]
    public void Only_ASCII_letters_have_two_cases()
    {
        HttpHead head = Heads.RequestWith("^a: caret", "~b: tilde", "`c: accent");

        Assert.Null(head["~a"]);
        Assert.Null(head["^b"]);
        Assert.Null(head["@c"]);
        Assert.Equal("accent", head["`C"]);
    }

    [Theory]
    [InlineData("X:")]
    [InlineData("X: ")]
    [InlineData("X: \t \t")]
    public void An_empty_value_is_there(string line)
    {
        HttpHead head = Heads.RequestWith(line);

        Assert.Equal("", head["x"]);
        Assert.True(head.Contains("x"));
        Assert.Equal([""], head.GetValues("x"));
        Assert.True(head.TryGetSingle("x"u8, out ReadOnlySpan<byte> value));
        Assert.True(value.IsEmpty);
        Assert.False(head.HasToken("x"u8, ""u8));
    }

    [Fact]
    public void Values_are_Latin_1()
    {
        string value = string.Concat(Enumerable.Range(0x80, 0x80).Select(b => (char)b));
        HttpHead head = Heads.RequestWith($"X: a{value}z", "Y: \xC3\xA9"); // é in UTF-8

        Assert.Equal($"a{value}z", head["X"]);
        Assert.Equal("Ã©", head["Y"]);
        Assert.Contains($"X: a{value}z\r\n", head.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Enumerating_gives_a_field_a_line_as_it_came()
    {
        HttpHead head = Heads.RequestWith("B: 1", "a:  two words ", "b:");
        KeyValuePair<string, string>[] fields = [new("B", "1"), new("a", "two words"), new("b", "")];

        Assert.Equal(fields, head);
        Assert.Equal(fields, head); // as often as one likes
        Assert.Equal(fields.Cast<object>(), ((IEnumerable)head).Cast<object>());
        Assert.Equal(fields.Length, head.Count);
    }

    [Fact]
    public void A_head_without_fields_is_empty()
    {
        HttpHead head = Heads.RequestWith();

        Assert.Empty(head);
        Assert.Null(head["Host"]);
        Assert.Equal(0, head.CountOf("host"u8));
        Assert.False(head.TryGetSingle("host"u8, out _));
        Assert.False(head.HasToken("host"u8, "a"u8));
    }

    [Theory]
    [InlineData("GET /a?b HTTP/1.1\r\nA:   b  \r\nA:\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    public void The_text_is_as_it_came(string text) => Assert.Equal(text, Heads.Request(text).ToString());

    [Fact]
    public void A_response_is_a_head_too()
    {
        const string text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
        HttpHead head = Heads.Response(text);

        Assert.Equal("websocket", head["upgrade"]);
        Assert.Equal(new Version(1, 1), head.Version);
        Assert.Equal(text, head.ToString());
    }

    [Fact]
    public void A_single_field_is_told_from_none_and_several()
    {
        HttpHead head = Heads.RequestWith("One: 1", "Two: 1", "two: 1");

        Assert.True(head.TryGetSingle("ONE"u8, out ReadOnlySpan<byte> value));
        Assert.Equal("1"u8, value);
        Assert.False(head.TryGetSingle("two"u8, out value));
        Assert.True(value.IsEmpty);
        Assert.False(head.TryGetSingle("three"u8, out _));
        Assert.Equal((1, 2, 0), (head.CountOf("one"u8), head.CountOf("two"u8), head.CountOf("three"u8)));
    }

    [Theory]
    [InlineData("Upgrade", true)]
    [InlineData("UPGRADE", true)]
    [InlineData("keep-alive, Upgrade", true)]
    [InlineData("Upgrade,keep-alive", true)]
    [InlineData(",, \t,upgrade\t,", true)]
    [InlineData("", false)]
    [InlineData(",", false)]
    [InlineData("upgrad", false)]
    [InlineData("upgrades", false)]
    [InlineData("x upgrade", false)]
    [InlineData("up,grade", false)]
    [InlineData("x-upgrade", false)]
    public void A_token_is_found_in_a_list(string value, bool found)
    {
        Assert.Equal(found, Heads.RequestWith($"Connection: {value}").HasToken("connection"u8, "upgrade"u8));
        Assert.Equal(found, Heads.RequestWith("Connection: a", $"CONNECTION: {value}").HasToken("connection"u8, "upgrade"u8));
    }

    [Fact]
    public void Find_goes_on_from_where_it_is_told()
    {
        HttpHead head = Heads.RequestWith("A: 0", "B: 1", "a: 2");

        Assert.Equal((0, 2, 2, -1), (head.Find("a"u8, 0), head.Find("a"u8, 1), head.Find("a"u8, 2), head.Find("a"u8, 3)));
        Assert.Equal("2"u8, head.ValueAt(2));
        Assert.Equal("a"u8, head.NameAt(2));
    }
}
