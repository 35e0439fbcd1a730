namespace Sockeye;

/// <summary>The server did not open the connection. The message says why; the response, if one came, is here.</summary>
public sealed class WebSocketHandshakeException : IOException
{
    /// <summary>Makes one without a response.</summary>
    public WebSocketHandshakeException()
        : this("The WebSocket handshake failed.")
    {
    }

    /// <summary>Makes one without a response.</summary>
    /// <param name="message">What happened.</param>
    public WebSocketHandshakeException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one without a response.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">Why.</param>
    public WebSocketHandshakeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal WebSocketHandshakeException(ClientHandshakeError error, string message, ResponseHead? response, byte[] body)
        : base(message) => (Error, Response, Body) = (error, response, body);

    /// <summary>The rule that the response broke; <see cref="ClientHandshakeError.Status"/> for a refusal.</summary>
    public ClientHandshakeError Error { get; }

    /// <summary>The HTTP status; 0 if no response came.</summary>
    public int StatusCode => Response?.StatusCode ?? 0;

    /// <summary>The response's head, if one came.</summary>
    public ResponseHead? Response { get; }

    /// <summary>The first 1,024 bytes, at most, of the response's body.</summary>
    public ReadOnlyMemory<byte> Body { get; }
}
