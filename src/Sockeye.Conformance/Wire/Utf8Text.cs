using System.Text;

namespace Sockeye.Conformance.Wire;

/// <summary>UTF-8 by the letter of RFC 3629.</summary>
internal static class Utf8Text
{
    private static readonly UTF8Encoding s_strict = new(false, true);

    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _ = s_strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>A text of exactly so many bytes, with characters of one to four bytes.</summary>
    public static byte[] OfLength(int bytes)
    {
        byte[] sample = Encoding.UTF8.GetBytes("The quick Fuchs läuft über den Zaun. Ελλάδα, 日本, 🐟 ");
        byte[] text = new byte[bytes];
        int at = 0;
        for (; at + sample.Length <= bytes; at += sample.Length)
        {
            sample.CopyTo(text, at);
        }

        text.AsSpan(at).Fill((byte)'*');
        return text;
    }
}
