using System.Security.Cryptography;
using System.Text;

namespace Sockeye.Conformance.Wire;

/// <summary>The opening handshake (RFC 6455 §4), raw.</summary>
internal static class Opening
{
    public const string SampleKey = "dGhlIHNhbXBsZSBub25jZQ==";

    public static string Request(string host, string target, string? extensions = null) =>
        $"GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {SampleKey}\r\n"
        + $"Sec-WebSocket-Version: 13\r\n{(extensions is null ? "" : $"Sec-WebSocket-Extensions: {extensions}\r\n")}\r\n";

    public static string Response(string? key, string? extensions = null) =>
        $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {AcceptOf(key ?? "")}\r\n"
        + $"{(extensions is null ? "" : $"Sec-WebSocket-Extensions: {extensions}\r\n")}\r\n";

    public static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // SHA-1 is what RFC 6455 §1.3 asks for; no secret rests on it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    /// <summary>What is wrong with a server's answer; null for nothing (RFC 6455 §4.1).</summary>
    public static string? FaultOfResponse(HttpText response)
    {
        if (response.Status != 101)
        {
            return $"the handshake was answered with '{response.StartLine}'";
        }

        return response switch
        {
            _ when !string.Equals(response["Upgrade"], "websocket", StringComparison.OrdinalIgnoreCase) => "101 without 'Upgrade: websocket'",
            _ when !response.HasToken("Connection", "Upgrade") => "101 without 'Connection: Upgrade'",
            _ when response["Sec-WebSocket-Accept"] != AcceptOf(SampleKey) => "101 with a wrong Sec-WebSocket-Accept",
            _ => null,
        };
    }

    /// <summary>What is wrong with a client's request; null for nothing (RFC 6455 §4.1).</summary>
    public static string? FaultOfRequest(HttpText request) => request switch
    {
        _ when !request.StartLine.StartsWith("GET /", StringComparison.Ordinal) || !request.StartLine.EndsWith(" HTTP/1.1", StringComparison.Ordinal) => "no 'GET /... HTTP/1.1'",
        _ when !request.HasToken("Upgrade", "websocket") => "no 'Upgrade: websocket'",
        _ when !request.HasToken("Connection", "Upgrade") => "no 'Connection: Upgrade'",
        _ when request["Sec-WebSocket-Version"] != "13" => "no 'Sec-WebSocket-Version: 13'",
        _ when request["Host"] is null => "no Host",
        _ when !IsKey(request["Sec-WebSocket-Key"]) => "a Sec-WebSocket-Key that is not 16 bytes in base64",
        _ => null,
    };

    private static bool IsKey(string? key) => key is { Length: 24 } && Convert.TryFromBase64String(key, new byte[18], out int count) && count == 16;
}
