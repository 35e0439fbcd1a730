namespace Sockeye;

/// <summary>What a received message is.</summary>
#pragma warning disable CA1008 // the numbers are the opcodes of RFC 6455 §5.2; zero is a continuation, never a message
public enum MessageType
#pragma warning restore CA1008
{
    /// <summary>UTF-8 text, already validated.</summary>
    Text = 1,

    /// <summary>Bytes.</summary>
    Binary = 2,

    /// <summary>
    /// No message: the connection is closed, and no message will come any more. Where control frames are asked for
    /// (<c>WebSocketOptions.ReceiveControlFrames</c>), the peer's close frame before it, too.
    /// </summary>
    Close = 8,

    /// <summary>A ping, where control frames are asked for (<c>WebSocketOptions.ReceiveControlFrames</c>). It is answered already.</summary>
    Ping = 9,

    /// <summary>A pong, where control frames are asked for.</summary>
    Pong = 10,
}
