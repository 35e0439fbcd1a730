namespace Sockeye.Protocol.Handshake;

/// <summary>The headers that the handshake writes itself: an application's copy could only contradict them.</summary>
internal static class HandshakeHeaders
{
    /// <exception cref="ArgumentException">The header is the handshake's own; the message says what to use instead.</exception>
    public static void ThrowIfReserved(string name, string parameter)
    {
        string? fix = Fix(name);
        if (fix is not null) throw new ArgumentException($"The header '{name}' is set by the handshake: {fix}", parameter);
    }

    private static string? Fix(string name)
    {
        bool Is(string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
        if (Is("Sec-WebSocket-Protocol") || Is("WebSocket-Protocol")) return "name subprotocols through the subprotocol options instead.";
        if (Is("Sec-WebSocket-Extensions")) return "turn extensions on through their own options instead.";
        if (Is("Upgrade") || Is("Connection") || Is("Sec-WebSocket-Key") || Is("Sec-WebSocket-Version") || Is("Sec-WebSocket-Accept"))
            return "leave it out.";
        if (Is("Sec-WebSocket-Key1") || Is("Sec-WebSocket-Key2") || Is("Sec-WebSocket-Draft") || Is("Sec-WebSocket-Location") || Is("WebSocket-Location"))
            return "leave it out.";
        if (Is("Sec-WebSocket-Origin") || Is("WebSocket-Origin")) return "set the origin through its own option instead.";
        if (Is("Content-Length") || Is("Transfer-Encoding")) return "a handshake has no body; leave it out.";
        return null;
    }
}
