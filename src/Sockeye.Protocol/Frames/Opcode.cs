namespace Sockeye;

/// <summary>Frame types (RFC 6455 §5.2).</summary>
public enum Opcode
{
    /// <summary>A further fragment of the message in progress.</summary>
    Continuation = 0,

    /// <summary>The first or only frame of a text message.</summary>
    Text = 1,

    /// <summary>The first or only frame of a binary message.</summary>
    Binary = 2,

    /// <summary>The closing frame.</summary>
    Close = 8,

    /// <summary>A ping, to be answered by a pong with the same payload.</summary>
    Ping = 9,

    /// <summary>A pong, answer to a ping or unsolicited.</summary>
    Pong = 10,
}
