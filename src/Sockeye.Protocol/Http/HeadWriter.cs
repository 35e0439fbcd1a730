using System.Globalization;
using System.Text;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Http;

/// <summary>Writes one head. Whatever comes from a caller is checked as it is written: no value can end its line and start another.</summary>
internal sealed class HeadWriter
{
    // A longer head's memory is not kept.
    private const int MostKept = 4096;

    [ThreadStatic]
    private static HeadWriter? t_spare;

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(256);
    private int _length;

    private HeadWriter() { }

    /// <summary>Starts a request (HTTP/1.1).</summary>
    /// <exception cref="ArgumentException">The method is no token, or the target is empty or not visible ASCII without '#'.</exception>
    public static HeadWriter Request(string method, string target)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(target);
        if (!AsciiTokens.IsToken(method)) throw new ArgumentException(NotToken("The method", method), nameof(method));
        int bad = target.AsSpan().IndexOfAnyExceptInRange('!', '~');
        if (bad < 0) bad = target.IndexOf('#', StringComparison.Ordinal);
        if (bad >= 0) throw new ArgumentException(Offence("The request target", target, bad) + " Percent-encode it.", nameof(target));
        if (target.Length == 0) throw new ArgumentException("The request target is empty.", nameof(target));
        return Begin().Text(method).Raw(" "u8).Text(target).Raw(" HTTP/1.1\r\n"u8);
    }

    /// <summary>Starts a response (HTTP/1.1).</summary>
    /// <exception cref="ArgumentException">The reason has a control character or one beyond Latin-1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The status is not 100 to 999.</exception>
    public static HeadWriter Response(int statusCode, string? reason = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 999);
        reason ??= ReasonPhrases.Of(statusCode);
        CheckText("The reason phrase", reason, nameof(reason));
        return Begin().Raw("HTTP/1.1 "u8).Text(statusCode.ToString(CultureInfo.InvariantCulture)).Raw(" "u8).Text(reason).Raw("\r\n"u8);
    }

    /// <summary>Adds a header that comes from a caller.</summary>
    /// <exception cref="ArgumentException">The name is no token, or the value has a control character or one beyond Latin-1.</exception>
    public HeadWriter Field(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (!AsciiTokens.IsToken(name)) throw new ArgumentException(NotToken("The header name", name), nameof(name));
        CheckText($"The value of header '{name}'", value, nameof(value));
        return Text(name).Raw(": "u8).Text(value).Raw("\r\n"u8);
    }

    /// <summary>Adds a header of this library's own making: known to be clean.</summary>
    public HeadWriter Own(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Raw(name).Raw(": "u8).Raw(value).Raw("\r\n"u8);

    /// <summary>Ends the head, with what follows it.</summary>
    public byte[] End(ReadOnlySpan<byte> body = default) => Finish(body).ToArray();

    /// <summary>Ends the head, with what follows it. The bytes are good until this thread writes the next head.</summary>
    public ReadOnlySpan<byte> Finish(ReadOnlySpan<byte> body = default)
    {
        Raw("\r\n"u8).Raw(body);
        t_spare = _bytes.Length <= MostKept ? this : t_spare;
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>A whole response after which the connection ends: length, "Connection: close" and body.</summary>
    /// <param name="statusCode">200 to 999.</param>
    /// <param name="contentType">The media type, or null for none.</param>
    /// <param name="body">The bytes of the body; their number is told even when they are left out.</param>
    /// <param name="headers">More headers; not those that frame the response.</param>
    /// <param name="reason">The reason phrase, or null for the registered one.</param>
    /// <param name="omitBody">Answers a HEAD request: the same head, no body (RFC 9110 §9.3.2).</param>
    /// <exception cref="ArgumentException">A header is malformed or is one of those this response sets itself.</exception>
    public static byte[] Plain(int statusCode, string? contentType, ReadOnlySpan<byte> body,
        IEnumerable<KeyValuePair<string, string>>? headers = null, string? reason = null, bool omitBody = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 200);
        bool bodiless = statusCode is 204 or 304; // neither has a body, and 204 must not tell a length (RFC 9110 §8.6)
        if (bodiless && !body.IsEmpty) throw new ArgumentException($"A response with status {statusCode} has no body.", nameof(body));

        HeadWriter head = Response(statusCode, reason);
        if (contentType is not null) head.Field("Content-Type", contentType);
        if (!bodiless) head.Field("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
        bool upgrade = false;
        foreach ((string name, string value) in headers ?? [])
        {
            if (IsFraming(name))
                throw new ArgumentException($"The header '{name}' is set by the server: leave it out.", nameof(headers));
            upgrade |= name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase);
            head.Field(name, value);
        }
        // Who names an upgrade must list it as a connection option too (RFC 9110 §7.8).
        head.Own("Connection"u8, upgrade ? "Upgrade, close"u8 : "close"u8);
        return head.End(omitBody ? default : body);
    }

    /// <summary>Throws when a text could break out of its line.</summary>
    public static void CheckText(string what, string text, string parameter)
    {
        for (int i = 0; i < text.Length; i++)
            if (text[i] is (< ' ' and not '\t') or '\x7F' or > '\xFF')
                throw new ArgumentException(Offence(what, text, i), parameter);
    }

    private static HeadWriter Begin()
    {
        HeadWriter writer = t_spare ?? new HeadWriter();
        t_spare = null;
        writer._length = 0;
        return writer;
    }

    private static bool IsFraming(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Connection", StringComparison.OrdinalIgnoreCase);

    private static string NotToken(string what, string text)
    {
        if (text.Length == 0) return $"{what} is empty.";
        int bad = 0;
        while (AsciiTokens.IsToken(text.AsSpan(bad, 1))) bad++;
        return Offence(what, text, bad);
    }

    private static string Offence(string what, string text, int at) =>
        $"{what} has the character U+{(int)text[at]:X4} at position {at}, which is not allowed there.";

    private HeadWriter Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
        return this;
    }

    private HeadWriter Text(string text)
    {
        _length += Encoding.Latin1.GetBytes(text, Room(text.Length));
        return this;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        return _bytes.AsSpan(_length);
    }
}
