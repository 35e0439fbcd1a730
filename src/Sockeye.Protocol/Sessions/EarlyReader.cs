using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Sessions;

/// <summary>Reads the framings of 2010, which have whole text messages and at most a closing frame: the events of a session, by another way.</summary>
internal sealed class EarlyReader
{
    private readonly FramingKind _kind;
    private SentinelFraming _sentinel;
    private TypeLengthFraming _typeLength;
    private Utf8Validator _utf8;

    private EarlyReader(Dialect dialect, MessageLimits limits)
    {
        // A message is one frame here: the smaller limit counts.
        long most = Math.Min(limits.MaxMessageBytes, limits.MaxFrameBytes);
        _kind = dialect.Framing;
        _sentinel = new SentinelFraming(dialect.Has(DialectTraits.CloseFrame), most);
        _typeLength = new TypeLengthFraming(most);
    }

    /// <summary>Whether the next byte begins a frame.</summary>
    public bool IsBetweenFrames => _kind == FramingKind.Sentinel ? _sentinel.IsBetweenFrames : _typeLength.IsBetweenFrames;

    /// <summary>The reader of a dialect; null where frames are those of RFC 6455.</summary>
    public static EarlyReader? For(Dialect? dialect, MessageLimits limits) =>
        dialect is null or { Framing: FramingKind.Hybi } ? null : new EarlyReader(dialect, limits);

    /// <summary>Reads on, up to the next event. None means that the input is used up.</summary>
    public bool TryRead(ref Span<byte> input, ref SessionEvent found)
    {
        var piece = default(FramePiece);
        while (_kind == FramingKind.Sentinel ? _sentinel.TryRead(ref input, ref piece) : _typeLength.TryRead(ref input, ref piece))
        {
            if ((piece.Violation ?? Check(piece)) is { } violation)
            {
                (found.Kind, found.Violation) = (ClosingEvent.Violation, violation);
                return true;
            }

            found.Kind = piece.IsClose ? ClosingEvent.PeerClose : ClosingEvent.Data;
            found.Type = MessageType.Text;
            found.Payload = piece.Text;
            found.EndOfMessage = piece.EndOfMessage;
            found.FrameBytesLeft = piece.BytesLeft;
            if (piece.IsClose || piece.EndOfMessage || !piece.Text.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    // The drafts have a client read U+FFFD in place of what is not UTF-8, and leave a server free: here nobody is handed text that nobody wrote.
    private Violation? Check(in FramePiece piece)
    {
        if (piece.IsClose)
        {
            return null;
        }

        bool valid = _utf8.Validate(piece.Text) < 0 && (!piece.EndOfMessage || _utf8.IsComplete);
        if (piece.EndOfMessage)
        {
            _utf8 = default;
        }

        return valid ? null : Violations.BadEarlyText;
    }
}
