using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Sockeye.Protocol.Http;

/// <summary>uri-host [ ":" port ], as in the Host header (RFC 9110 §7.2): a view of the bytes, nothing copied.</summary>
/// <remarks>
/// Stricter than RFC 3986 on purpose: names are letters, digits and "-._~", with no empty label but the root behind a last dot.
/// No user information, no percent-encoding, no sub-delimiters: nobody's real name has them, and parsers disagree about them.
/// </remarks>
internal readonly ref struct Authority
{
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private Authority(ReadOnlySpan<byte> host, int port)
    {
        Host = host;
        Port = port;
    }

    /// <summary>The host as it came: a name, an IPv4 address, or an IPv6 address in its brackets.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>The port, 1 to 65535; -1 when none is given.</summary>
    public int Port { get; }

    public static bool TryParse(ReadOnlySpan<byte> text, out Authority authority)
    {
        authority = default;
        int hostEnd = text.StartsWith("["u8) ? text.IndexOf((byte)']') + 1 : text.IndexOf((byte)':');
        if (hostEnd < 0) hostEnd = text.Length;
        ReadOnlySpan<byte> host = text[..hostEnd];
        ReadOnlySpan<byte> rest = text[hostEnd..];
        if (!IsHost(host)) return false;

        int port = -1;
        if (!rest.IsEmpty)
        {
            if (rest[0] != ':') return false;
            // "a:" has an empty port, which RFC 3986 §3.2.3 lets stand for the default one.
            if (rest.Length > 1 && !TryPort(rest[1..], out port)) return false;
        }
        authority = new Authority(host, port);
        return true;
    }

    /// <summary>Whether two hosts are the same: names whatever their ASCII case, IPv6 addresses however written. A trailing dot counts.</summary>
    public static bool SameHost(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        Ascii.EqualsIgnoreCase(a, b) || (TryIPv6(a, out IPAddress? left) && TryIPv6(b, out IPAddress? right) && left.Equals(right));

    /// <summary>Whether this names the machine itself: localhost, *.localhost (RFC 6761 §6.3), 127.0.0.0/8 in four parts, or ::1.</summary>
    public bool IsLoopback
    {
        get
        {
            ReadOnlySpan<byte> name = WithoutRootDot(Host);
            if (Ascii.EqualsIgnoreCase(name, "localhost"u8)) return true;
            if (name.Length > 10 && Ascii.EqualsIgnoreCase(name[^10..], ".localhost"u8)) return true;
            if (TryIPv6(Host, out IPAddress? address)) return address.Equals(IPAddress.IPv6Loopback);
            return IsLoopbackIPv4(Host);
        }
    }

    /// <summary>The host without the dot of the DNS root: "a.example." and "a.example" reach the same place.</summary>
    public static ReadOnlySpan<byte> WithoutRootDot(ReadOnlySpan<byte> host) =>
        host.Length > 1 && host[^1] == '.' ? host[..^1] : host;

    /// <summary>One spelling per host: lower case, IPv6 in its canonical form.</summary>
    public static string Normalize(ReadOnlySpan<byte> host) =>
        TryIPv6(host, out IPAddress? address) ? $"[{address}]" : Encoding.ASCII.GetString(host).ToLowerInvariant();

    private static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty) return false;
        if (host[0] == '[') return TryIPv6(host, out _);
        return host.IndexOfAnyExcept(NameBytes) < 0 && host[0] != '.' && host.IndexOf(".."u8) < 0;
    }

    private static bool TryPort(ReadOnlySpan<byte> digits, out int port)
    {
        port = -1;
        return digits.Length <= 5 && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
    }

    private static bool TryIPv6(ReadOnlySpan<byte> host, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        // The longest is [ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]. A zone ("%eth0") means nothing to another machine.
        if (host.Length is < 4 or > 47 || host[0] != '[' || host[^1] != ']') return false;
        ReadOnlySpan<byte> inside = host[1..^1];
        if (inside.IndexOf((byte)':') < 0 || inside.IndexOfAny("%[]/"u8) >= 0) return false;
        return IPAddress.TryParse(inside, out address);
    }

    private static bool IsLoopbackIPv4(ReadOnlySpan<byte> host)
    {
        int parts = 0;
        foreach (Range range in host.Split((byte)'.'))
        {
            ReadOnlySpan<byte> part = host[range];
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0')) return false;
            if (!byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte value)) return false;
            if (parts++ == 0 && value != 127) return false;
        }
        return parts == 4;
    }
}
