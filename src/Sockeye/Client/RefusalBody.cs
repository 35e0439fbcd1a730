using System.Globalization;
using System.Text;

namespace Sockeye.Client;

/// <summary>
/// The beginning of a refusal's body, for the exception that tells of it: counted, chunked (RFC 9112 §7.1) or up to the end of the link.
/// </summary>
internal sealed class RefusalBody
{
    /// <summary>What is kept.</summary>
    public const int MaxBytes = 1024;

    private readonly bool _chunked;
    private readonly int _wanted;
    private byte[] _raw = [];

    public RefusalBody(ResponseHead head)
    {
        _chunked = head.HasToken("transfer-encoding"u8, "chunked"u8);
        bool counted = int.TryParse(head["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out int length);
        _wanted = _chunked ? 2 * MaxBytes : counted ? Math.Min(length, MaxBytes) : MaxBytes;
    }

    /// <summary>Whether nothing more is needed.</summary>
    public bool IsComplete => _raw.Length >= _wanted || (_chunked && _raw.AsSpan().EndsWith("0\r\n\r\n"u8));

    public byte[] Bytes => _chunked ? Unchunk(_raw) : _raw;

    public void Add(ReadOnlySpan<byte> bytes) => _raw = [.. _raw, .. bytes[..Math.Min(bytes.Length, _wanted - _raw.Length)]];

    // Only for people to read: what does not parse ends it.
    private static byte[] Unchunk(ReadOnlySpan<byte> raw)
    {
        byte[] body = [];
        while (body.Length < MaxBytes)
        {
            int line = raw.IndexOf("\r\n"u8);
            if (line < 0)
            {
                break;
            }

            string size = Encoding.Latin1.GetString(raw[..line]).Split(';')[0];
            raw = raw[(line + 2)..];
            if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length <= 0)
            {
                break;
            }

            body = [.. body, .. raw[..Math.Min(length, raw.Length)]];
            raw = raw.Length - 2 > length ? raw[(length + 2)..] : default;
        }

        return body.Length > MaxBytes ? body[..MaxBytes] : body;
    }
}
