using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Messages;

/// <summary>The message being received: its type, what it used of its limits, and its text so far.</summary>
internal struct MessageProgress
{
    private Opcode _type;
    private int _fragments;
    private long _bytes;
    private long _inflated;
    private Utf8Validator _utf8;

    public readonly bool InProgress => _type != Opcode.Continuation;

    public readonly MessageType Type => (MessageType)_type;

    /// <summary>Whether its payload is compressed.</summary>
    public bool IsCompressed { get; private set; }

    public readonly long BytesLeft(MessageLimits limits) => (IsCompressed ? limits.MaxCompressedBytes : limits.MaxMessageBytes) - _bytes;

    public readonly int FragmentsLeft(MessageLimits limits) => limits.MaxFragments - _fragments;

    /// <summary>
    /// What may still come of it by inflating. The frames' declared lengths count, so that the answer does not depend on how the bytes are cut.
    /// </summary>
    public readonly long InflatedLeft(MessageLimits limits) => limits.MaxInflatedBytes(_bytes) - _inflated;

    /// <summary>Counts a frame whose head was found legal.</summary>
    public void BeginFrame(in FrameHeader header)
    {
        if (header.Opcode != Opcode.Continuation)
        {
            _type = header.Opcode;
            IsCompressed = header.ReservedBits != 0;
        }

        _fragments++;
        _bytes += header.PayloadLength;
    }

    /// <summary>Takes unmasked payload; null if it is fine.</summary>
    /// <param name="chunk">Payload that arrived, or was inflated.</param>
    /// <param name="endOfMessage">Whether the message ends with it.</param>
    public Violation? Check(ReadOnlySpan<byte> chunk, bool endOfMessage)
    {
        _inflated += chunk.Length;
        if (_type != Opcode.Text)
        {
            return null;
        }

        bool valid = _utf8.Validate(chunk) < 0 && (!endOfMessage || _utf8.IsComplete);
        return valid ? null : Violations.BadText;
    }

    /// <summary>Forgets the message: the next frame begins another.</summary>
    public void End() => this = default;
}
