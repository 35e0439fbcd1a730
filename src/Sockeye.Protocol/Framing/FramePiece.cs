using Sockeye.Protocol.Frames;

namespace Sockeye.Protocol.Framing;

/// <summary>What the 2010 framings found: a piece of text, the closing frame, or a violation.</summary>
internal ref struct FramePiece
{
    /// <summary>Text that arrived, not validated; it points into the input.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary>Whether the message ends with it.</summary>
    public bool EndOfMessage;

    /// <summary>Bytes of the message that are still to come, where its length is known.</summary>
    public long BytesLeft;

    /// <summary>It is the closing frame.</summary>
    public bool IsClose;

    /// <summary>The broken rule.</summary>
    public Violation? Violation;
}
