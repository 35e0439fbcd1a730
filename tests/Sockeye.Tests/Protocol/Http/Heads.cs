using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye.Tests.Protocol.Http;

/// <summary>Short ways to heads for tests. Text is Latin-1: one character is one byte.</summary>
internal static class Heads
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static RequestHead Request(string text) => (RequestHead)Parse(HeadKind.Request, text);

    public static ResponseHead Response(string text) => (ResponseHead)Parse(HeadKind.Response, text);

    /// <summary>A request with these header lines, for tests of one header.</summary>
    public static RequestHead RequestWith(params string[] lines) =>
        Request("GET / HTTP/1.1\r\n" + string.Concat(lines.Select(line => line + "\r\n")) + "\r\n");

    /// <summary>Feeds pieces until the reader ends; tells all that can be told of the outcome.</summary>
    public static ReadOutcome Read(HeadKind kind, HeadLimits? limits, params ReadOnlyMemory<byte>[] pieces)
    {
        var reader = new HeadReader(kind, limits);
        int total = 0;
        HeadStatus status = HeadStatus.NeedMore;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            status = reader.Read(piece.Span, out int consumed);
            total += consumed;
            if (status != HeadStatus.NeedMore) break;
            Assert.Equal(piece.Length, consumed);
        }
        return new ReadOutcome(status, total, reader.Error, reader.Head?.ToString(), reader.Head is { } head ? string.Join('\n', head) : null, reader.Head);
    }

    public static ReadOutcome ReadWhole(HeadKind kind, byte[] bytes, HeadLimits? limits = null) => Read(kind, limits, bytes);

    public static ReadOutcome ReadByByte(HeadKind kind, byte[] bytes, HeadLimits? limits = null) =>
        Read(kind, limits, [.. Enumerable.Range(0, bytes.Length).Select(i => (ReadOnlyMemory<byte>)bytes.AsMemory(i, 1))]);

    private static HttpHead Parse(HeadKind kind, string text)
    {
        ReadOutcome outcome = ReadWhole(kind, Bytes(text));
        Assert.True(outcome.Status == HeadStatus.Complete, $"{outcome.Status}: {outcome.Error?.Message}");
        return outcome.Head!;
    }
}

/// <summary>What a reader made of its input; equal when nothing visible differs.</summary>
internal sealed record ReadOutcome(HeadStatus Status, int Consumed, HeadError? Error, string? Text, string? Fields, HttpHead? Head)
{
    public bool Equals(ReadOutcome? other) =>
        other is not null && Status == other.Status && Consumed == other.Consumed && Error == other.Error && Text == other.Text && Fields == other.Fields;

    public override int GetHashCode() => HashCode.Combine(Status, Consumed, Error, Text);
}
