namespace Sockeye;

/// <summary>What a handler answers to a message: a text, bytes, a message as it came, or nothing.</summary>
public readonly record struct WebSocketReply
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly WebSocketMessage _message;
    private readonly string? _text;
    private readonly Kind _kind;

    private WebSocketReply(Kind kind, string? text = null, ReadOnlyMemory<byte> bytes = default, WebSocketMessage message = default) =>
        (_kind, _text, _bytes, _message) = (kind, text, bytes, message);

    private enum Kind : byte
    {
        None,
        Text,
        Binary,
        Message,
    }

    /// <summary>No answer.</summary>
    public static WebSocketReply None => default;

    /// <summary>A text message; null for no answer.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator WebSocketReply(string? text) => Text(text);

    /// <summary>A binary message; null for no answer.</summary>
    /// <param name="bytes">The bytes, which must not change before they are sent.</param>
    public static implicit operator WebSocketReply(byte[]? bytes) => bytes is null ? default : Binary(bytes);

    /// <summary>A received message as it is; the news of the end for no answer.</summary>
    /// <param name="message">A message that is still alive.</param>
    public static implicit operator WebSocketReply(WebSocketMessage message) => Message(message);

    /// <summary>A text message; null for no answer.</summary>
    /// <param name="text">The text.</param>
    public static WebSocketReply Text(string? text) => text is null ? default : new(Kind.Text, text);

    /// <summary>A binary message.</summary>
    /// <param name="bytes">The bytes, which must not change before they are sent.</param>
    public static WebSocketReply Binary(ReadOnlyMemory<byte> bytes) => new(Kind.Binary, bytes: bytes);

    /// <summary>A received message as it is; the news of the end for no answer.</summary>
    /// <param name="message">A message that is still alive.</param>
    public static WebSocketReply Message(WebSocketMessage message) => message.IsClose ? default : new(Kind.Message, message: message);

    internal ValueTask SendAsync(WebSocketConnection connection) => _kind switch
    {
        Kind.Text => connection.SendAsync(_text!),
        Kind.Binary => connection.SendAsync(_bytes),
        Kind.Message => connection.SendAsync(_message),
        _ => default,
    };
}
