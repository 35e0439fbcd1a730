using System.Text;
using Sockeye.Client;
using Sockeye.Protocol.Http;

namespace Sockeye.Tests.Client;

/// <summary>The beginning of a refusal's body, however it is framed and cut.</summary>
public sealed class RefusalBodyTests
{
    [Theory]
    [InlineData("Content-Length: 5", "hello", "hello", true)]
    [InlineData("Content-Length: 9", "hello", "hello", false)]
    [InlineData("Content-Length: 0", "", "", true)]
    [InlineData("X: y", "until the end", "until the end", false)]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n", "hello world", true)]
    [InlineData("Transfer-Encoding: chunked", "5\r\nhel", "hel", false)]
    [InlineData("Transfer-Encoding: chunked", "zz\r\nhello", "", false)]
    [InlineData("Transfer-Encoding: chunked", "-5\r\nhello", "", false)]
    [InlineData("Transfer-Encoding: chunked", "ffffffff\r\nhello", "", false)]
    [InlineData("Transfer-Encoding: chunked", "7fffffff\r\nhello", "hello", false)]
    public void It_is_read_whole_and_byte_by_byte(string field, string sent, string expected, bool complete)
    {
        var whole = new RefusalBody(Head(field));
        whole.Add(Encoding.Latin1.GetBytes(sent));
        var bytewise = new RefusalBody(Head(field));
        foreach (byte b in Encoding.Latin1.GetBytes(sent))
        {
            bytewise.Add([b]);
        }

        Assert.Equal((expected, complete), (Encoding.Latin1.GetString(whole.Bytes), whole.IsComplete));
        Assert.Equal((expected, complete), (Encoding.Latin1.GetString(bytewise.Bytes), bytewise.IsComplete));
    }

    [Theory]
    [InlineData("X: y", "")]
    [InlineData("Transfer-Encoding: chunked", "2000\r\n")]
    public void No_more_than_a_kibibyte_is_kept(string field, string before)
    {
        var body = new RefusalBody(Head(field));
        body.Add(Encoding.Latin1.GetBytes(before + new string('x', 5000)));
        Assert.True(body.IsComplete);
        Assert.Equal(1024, body.Bytes.Length);
    }

    private static ResponseHead Head(string field)
    {
        var reader = new HeadReader(HeadKind.Response);
        Assert.Equal(HeadStatus.Complete, reader.Read(Encoding.Latin1.GetBytes($"HTTP/1.1 403 No\r\n{field}\r\n\r\n"), out _));
        return (ResponseHead)reader.Head!;
    }
}
