using System.Text;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Extensions;

/// <summary>The grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1): one pass, no way back, so the time is linear whatever the bytes.</summary>
internal ref struct ExtensionParser
{
    private readonly ReadOnlySpan<byte> _text;
    private int _at;

    private ExtensionParser(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Adds the elements of one field to a list. Several fields are one list (RFC 6455 §11.3.2): call once for each.</summary>
    /// <returns>False when the text breaks the grammar. Empty elements are skipped (RFC 9110 §5.6.1.2).</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, List<ExtensionOffer> offers) => new ExtensionParser(text).ReadList(offers);

    private bool ReadList(List<ExtensionOffer> offers)
    {
        while (true)
        {
            SkipWhiteSpace();
            if (AtEnd) return true;
            if (Take(',')) continue;
            if (!ReadExtension(out ExtensionOffer? offer)) return false;
            offers.Add(offer!);
            if (!AtEnd && !Take(',')) return false;
        }
    }

    private bool ReadExtension(out ExtensionOffer? offer)
    {
        offer = null;
        if (!ReadToken(out string? name)) return false;
        List<ExtensionParameter>? parameters = null;
        SkipWhiteSpace();
        while (Take(';'))
        {
            SkipWhiteSpace();
            if (!ReadParameter(out ExtensionParameter parameter)) return false;
            (parameters ??= []).Add(parameter);
            SkipWhiteSpace();
        }
        offer = new ExtensionOffer(name!, parameters ?? (IReadOnlyList<ExtensionParameter>)[]);
        return true;
    }

    private bool ReadParameter(out ExtensionParameter parameter)
    {
        parameter = default;
        if (!ReadToken(out string? name)) return false;
        SkipWhiteSpace();
        string? value = null;
        if (Take('='))
        {
            SkipWhiteSpace();
            bool good = Take('"') ? ReadQuoted(out value) : ReadToken(out value);
            if (!good) return false;
        }
        parameter = new ExtensionParameter(name!, value);
        return true;
    }

    private bool ReadToken(out string? token)
    {
        token = null;
        ReadOnlySpan<byte> rest = _text[_at..];
        int length = rest.IndexOfAnyExcept(AsciiTokens.TokenBytes);
        if (length < 0) length = rest.Length;
        if (length == 0) return false;
        token = Encoding.ASCII.GetString(rest[..length]);
        _at += length;
        return true;
    }

    /// <summary>What stands in quotes must be a token once unescaped (RFC 6455 §9.1), so anything else ends the search at once.</summary>
    private bool ReadQuoted(out string? value)
    {
        value = null;
        var unquoted = new StringBuilder();
        while (!Take('"'))
        {
            Take('\\');
            if (AtEnd || !AsciiTokens.TokenBytes.Contains(_text[_at])) return false;
            unquoted.Append((char)_text[_at++]);
        }
        if (unquoted.Length == 0) return false;
        value = unquoted.ToString();
        return true;
    }

    private readonly bool AtEnd => _at == _text.Length;

    private bool Take(char expected)
    {
        if (AtEnd || _text[_at] != expected) return false;
        _at++;
        return true;
    }

    private void SkipWhiteSpace()
    {
        while (!AtEnd && _text[_at] is (byte)' ' or (byte)'\t') _at++;
    }
}
