using System.Text;

namespace Sockeye.Conformance.Wire;

/// <summary>The head of an HTTP message, and what was read behind it.</summary>
internal sealed record HttpText(string StartLine, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Behind)
{
    private const int MaxLength = 64 * 1024;

    public int Status => StartLine.Split(' ') is [_, var code, ..] && int.TryParse(code, out int status) ? status : 0;

    /// <summary>All values of a header, joined by commas; null without it.</summary>
    public string? this[string name]
    {
        get
        {
            string[] values = [.. Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }

    public bool HasToken(string name, string token) =>
        this[name]?.Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase) == true;

    /// <summary>Reads a head; null when the stream ends before it does.</summary>
    public static async Task<HttpText?> ReadAsync(Stream stream, Transcript transcript, CancellationToken stop)
    {
        byte[] buffer = new byte[MaxLength];
        int length = 0;
        while (true)
        {
            int end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                transcript.Add(false, "HTTP head", buffer.AsSpan(0, end + 4));
                return Parse(Encoding.Latin1.GetString(buffer, 0, end), buffer.AsMemory(end + 4, length - end - 4));
            }

            int count = length == MaxLength ? 0 : await stream.ReadAsync(buffer.AsMemory(length), stop);
            if (count == 0)
            {
                if (length > 0)
                {
                    transcript.Add(false, "what is no HTTP head", buffer.AsSpan(0, length));
                }

                return null;
            }

            length += count;
        }
    }

    private static HttpText Parse(string head, ReadOnlyMemory<byte> behind)
    {
        string[] lines = head.Split("\r\n");
        return new HttpText(
            lines[0],
            [.. lines[1..].Select(line => line.Split(':', 2)).Select(pair => KeyValuePair.Create(pair[0], pair.Length > 1 ? pair[1].Trim() : ""))],
            behind);
    }
}
