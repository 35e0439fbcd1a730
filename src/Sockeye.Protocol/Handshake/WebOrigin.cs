using System.Text;
using Sockeye.Protocol.Http;

namespace Sockeye.Protocol.Handshake;

/// <summary>scheme "://" host [ ":" port ]: the serialized origin of RFC 6454 §6.2, as a view of the bytes.</summary>
internal readonly ref struct WebOrigin
{
    private WebOrigin(ReadOnlySpan<byte> scheme, Authority authority)
    {
        Scheme = scheme;
        Authority = authority;
    }

    public ReadOnlySpan<byte> Scheme { get; }

    public Authority Authority { get; }

    /// <summary>The port in use: the one given, or the scheme's own; -1 when neither is known.</summary>
    public int Port => Authority.Port > 0 ? Authority.Port : DefaultPorts.Of(Scheme);

    /// <summary>False for "null", for lists, and for whatever has a path, user information or an empty host.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out WebOrigin origin)
    {
        origin = default;
        int colon = text.IndexOf("://"u8);
        if (colon <= 0 || !IsScheme(text[..colon])) return false;
        if (!Authority.TryParse(text[(colon + 3)..], out Authority authority)) return false;
        origin = new WebOrigin(text[..colon], authority);
        return true;
    }

    /// <summary>One spelling per origin: lower case, IPv6 canonical, the port always there when it is known.</summary>
    public string Normalize()
    {
        string site = $"{Encoding.ASCII.GetString(Scheme).ToLowerInvariant()}://{Authority.Normalize(Authority.Host)}";
        return Port > 0 ? $"{site}:{Port}" : site;
    }

    private static bool IsScheme(ReadOnlySpan<byte> text)
    {
        if (!char.IsAsciiLetter((char)text[0])) return false;
        foreach (byte b in text)
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'+' or (byte)'-' or (byte)'.')) return false;
        return true;
    }
}
