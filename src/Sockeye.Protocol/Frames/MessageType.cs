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

    /// <summary>No message: the connection is closed, and nothing more will come.</summary>
    Close = 8,
}
