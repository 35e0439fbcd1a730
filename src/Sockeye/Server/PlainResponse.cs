using System.Text;

namespace Sockeye;

/// <summary>An answer to a plain HTTP request. The connection ends with it.</summary>
/// <param name="StatusCode">200 to 999.</param>
/// <param name="ContentType">The media type, such as <c>text/html; charset=utf-8</c>; null without a body.</param>
/// <param name="Body">The bytes.</param>
public sealed record PlainResponse(int StatusCode, string? ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>More headers. Those that frame the response are set by the server.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Plain text.</summary>
    /// <param name="statusCode">200 to 999.</param>
    /// <param name="text">The body.</param>
    public static PlainResponse Text(int statusCode, string text) =>
        new(statusCode, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>A page.</summary>
    /// <param name="html">The body.</param>
    public static PlainResponse Html(string html) => new(200, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(html));
}
