using Sockeye.Protocol.Closing;

namespace Sockeye.Protocol.Sessions;

/// <summary>One thing that arrived; what is owed for it is asked of the session's closing table.</summary>
internal ref struct SessionEvent
{
    /// <summary>What it is: data, ping, pong, the peer's close frame, or a violation.</summary>
    public ClosingEvent Kind;

    /// <summary>The message's type, of data.</summary>
    public MessageType Type;

    /// <summary>Whether the message ends with this piece.</summary>
    public bool EndOfMessage;

    /// <summary>Payload: of data, a ping or a pong; of a close frame, its body. It points into the input: use it before the next call.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>Whether the head of the data's frame lies in the input too, right in front of the payload, and may be written over.</summary>
    public bool HeadInFront;

    /// <summary>Bytes of this frame that are still to come: a hint for sizing a buffer, never a promise.</summary>
    public long FrameBytesLeft;

    /// <summary>The broken rule.</summary>
    public Violation? Violation;
}
