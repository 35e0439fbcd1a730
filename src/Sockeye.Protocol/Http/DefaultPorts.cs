using System.Text;

namespace Sockeye.Protocol.Http;

/// <summary>The ports that a scheme stands for (RFC 9110 §4.2, RFC 6455 §3).</summary>
internal static class DefaultPorts
{
    /// <summary>80 for http and ws, 443 for https and wss, in any case; -1 for every other scheme.</summary>
    public static int Of(ReadOnlySpan<byte> scheme) =>
        IsSecure(scheme) ? 443
        : Ascii.EqualsIgnoreCase(scheme, "http"u8) || Ascii.EqualsIgnoreCase(scheme, "ws"u8) ? 80
        : -1;

    /// <summary>Whether the scheme runs over TLS: https or wss.</summary>
    public static bool IsSecure(ReadOnlySpan<byte> scheme) =>
        Ascii.EqualsIgnoreCase(scheme, "https"u8) || Ascii.EqualsIgnoreCase(scheme, "wss"u8);
}
