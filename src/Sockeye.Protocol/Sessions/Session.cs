using System.Buffers;
using System.Runtime.CompilerServices;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;
using Sockeye.Protocol.Messages;

namespace Sockeye.Protocol.Sessions;

/// <summary>
/// One end of an open connection, without any I/O: bytes in, events out, each with what is owed for it.
/// It holds no bytes but the head of a frame that was cut and a control frame's payload that was cut.
/// <see cref="TryRead"/> belongs to the thread that reads; <see cref="Step"/>, the only place where the state changes,
/// to whoever holds the connection's door.
/// </summary>
/// <param name="role">Which end this is.</param>
/// <param name="limits">What a message may cost.</param>
/// <param name="dialect">The dialect that is spoken; null for RFC 6455.</param>
/// <param name="deflate">What was agreed about compression; null if nothing was.</param>
internal sealed partial class Session(Role role, MessageLimits limits, Dialect? dialect = null, DeflateParameters? deflate = null) : IDisposable
{
    /// <summary>What is inflated at a time.</summary>
    private const int InflatedPiece = 16 * 1024;

    private readonly EarlyReader? _early = EarlyReader.For(dialect, limits);
    private readonly MessageLimits _limits = limits;
    private readonly MessageInflater? _inflater = deflate is { } agreed ? new(agreed.KeepsContext(Peer(role))) : null;
    private MessageProgress _message;

    // The frame in progress.
    private FrameHeader _frame;
    private long _left;
    private bool _inFrame;
    private bool _stopped;

    // Bytes at the start of the input that are unmasked and not inflated yet, and where inflated ones go while they are looked at.
    private int _unmasked;
    private byte[]? _inflated;

    // A head that was cut, and a control payload that was cut (rented from nobody: it is rare, and small).
    private SpilledHead _spill;
    private byte _spilled;
    private byte[]? _control;

    /// <summary>Which end this is.</summary>
    public Role Role { get; } = role;

    /// <summary>The dialect that is spoken.</summary>
    public Dialect Dialect { get; } = dialect ?? Dialect.Rfc6455;

    /// <summary>Whether the end of the link, now, would be the peer's way to close: there is no closing frame, and no message is cut.</summary>
    public bool EndsWithLink => !Dialect.Has(DialectTraits.CloseFrame) && ClosingTable.ReadsFrames(State) && _early!.IsBetweenFrames;

    /// <summary>How far the end of the connection has come.</summary>
    public ClosingState State { get; private set; }

    /// <summary>Whether more will come of bytes that were read already: reading on needs no input.</summary>
    public bool HasMore => _inflater is { HasMore: true } && !_stopped;

    /// <summary>Payload bytes that the message's frame still has to bring and that are handed on as they come; 0 elsewhere.</summary>
    public long PlainBytesLeft => _inFrame && !_frame.IsControl && !_message.IsCompressed ? _left : 0;

    /// <summary>Tells the session of an event that is not read from bytes; the answer is what is owed.</summary>
    public ClosingActions Step(ClosingEvent what)
    {
        (State, var actions) = ClosingTable.Step(State, what, Role, Dialect.Traits);
        return actions;
    }

    /// <summary>Whether data that arrives now goes to the application; what <see cref="Look"/> says, without looking it up.</summary>
    public bool DeliversData => ClosingTable.DeliversData(State);

    /// <summary>What is owed for data, a ping or a pong: none of them changes the state, so no door is needed.</summary>
    public ClosingActions Look(ClosingEvent what) => ClosingTable.Step(State, what, Role, Dialect.Traits).Actions;

    /// <summary>
    /// Reads on in the input, which is unmasked in place, up to the next event. No event means that the input is used up;
    /// until then, what is left of it must come first in the next call's.
    /// After a close frame or a violation, which the caller then steps, nothing is read any more.
    /// </summary>
    public bool TryRead(ref Span<byte> input, ref SessionEvent found)
    {
        if (TryReadWhole(ref input, ref found))
        {
            return true;
        }

        found = default;
        return _early is null ? TryReadFrames(ref input, ref found) : ReadEarly(ref input, ref found);
    }

    /// <summary>Nothing is read any more: gives memory back. For the thread that reads.</summary>
    public void Dispose()
    {
        _stopped = true;
        _inflated = null; // not to the pool: the last event may still be looked at
        _inflater?.Dispose();
    }

    private static Role Peer(Role role) => role == Role.Server ? Role.Client : Role.Server;

    private bool TryReadFrames(ref Span<byte> input, ref SessionEvent found)
    {
        while (!_stopped && ClosingTable.ReadsFrames(State))
        {
            if (!_inFrame)
            {
                found.HeadInFront = _spilled == 0;
                if (!TryReadHeader(ref input, out var violation))
                {
                    ReturnInflated();
                    return violation is not null && Fail(violation, ref found);
                }

                BeginFrame();
            }
            else if (input.IsEmpty && !HasMore)
            {
                ReturnInflated();
                return false;
            }

            if (_frame.IsControl ? ReadControl(ref input, ref found)
                : _message.IsCompressed ? ReadCompressed(ref input, ref found)
                : ReadData(ref input, ref found))
            {
                return true;
            }
        }

        input = default;
        return false;
    }

    private void ReturnInflated()
    {
        if (_inflated is not null)
        {
            ArrayPool<byte>.Shared.Return(_inflated);
            _inflated = null;
        }
    }

    private bool ReadEarly(ref Span<byte> input, ref SessionEvent found)
    {
        if (!_stopped && ClosingTable.ReadsFrames(State) && _early!.TryRead(ref input, ref found))
        {
            _stopped = found.Kind != ClosingEvent.Data;
            return true;
        }

        input = default;
        return false;
    }

    private bool TryReadHeader(ref Span<byte> input, out Violation? violation)
    {
        var rules = new FrameRules(
            Role == Role.Server,
            _message.InProgress,
            AllowedReservedBits: _inflater is null ? (byte)0 : HybiFraming.Compressed,
            _limits.MaxFrameBytes,
            _message.BytesLeft(_limits),
            _limits.MaxCompressedBytes,
            _message.FragmentsLeft(_limits));
        if (_spilled == 0)
        {
            if (HybiFraming.TryReadHeader(input, rules, out _frame, out violation))
            {
                input = input[_frame.Size..];
                return true;
            }
        }
        else
        {
            Span<byte> spill = _spill;
            int more = Math.Min(input.Length, FrameHeader.MaxSize - _spilled);
            input[..more].CopyTo(spill[_spilled..]);
            if (HybiFraming.TryReadHeader(spill[..(_spilled + more)], rules, out _frame, out violation))
            {
                input = input[(_frame.Size - _spilled)..];
                _spilled = 0;
                return true;
            }
        }

        if (violation is null)
        {
            // An unfinished head is shorter than the longest one, so all that is left fits behind what was spilled.
            Span<byte> spill = _spill;
            input.CopyTo(spill[_spilled..]);
            _spilled += (byte)input.Length;
        }

        input = default;
        return false;
    }

    private void BeginFrame()
    {
        _inFrame = true;
        _left = _frame.PayloadLength;
        if (!_frame.IsControl)
        {
            _message.BeginFrame(_frame);
        }
    }

    private Span<byte> TakePayload(scoped ref Span<byte> input)
    {
        var chunk = input[..(int)Math.Min(input.Length, _left)];
        input = input[chunk.Length..];
        if (_frame.MaskKey != 0)
        {
            Mask.Apply(chunk, _frame.MaskKey, (int)((_frame.PayloadLength - _left) & 3));
        }

        _left -= chunk.Length;
        _inFrame = _left > 0;
        return chunk;
    }

    private bool ReadData(ref Span<byte> input, ref SessionEvent found)
    {
        var chunk = TakePayload(ref input);
        bool end = _frame.Fin && !_inFrame;
        if (_message.Check(chunk, end) is { } violation)
        {
            return Fail(violation, ref found);
        }

        if (chunk.IsEmpty && !end)
        {
            return false; // an empty fragment, or a frame whose payload is yet to come
        }

        found.Kind = ClosingEvent.Data;
        found.Type = _message.Type;
        found.EndOfMessage = end;
        found.Payload = chunk;
        found.FrameBytesLeft = _left;
        if (end)
        {
            _message.End();
        }

        return true;
    }

    private bool ReadCompressed(ref Span<byte> input, ref SessionEvent found)
    {
        var chunk = input[..(int)Math.Min(input.Length, _left)];
        if (_frame.MaskKey != 0)
        {
            Mask.Apply(chunk[_unmasked..], _frame.MaskKey, (int)((_frame.PayloadLength - _left + _unmasked) & 3));
        }

        // One byte of room beyond the limit shows whether it is broken.
        long allowed = _message.InflatedLeft(_limits);
        _inflated ??= ArrayPool<byte>.Shared.Rent(InflatedPiece);
        var room = _inflated.AsSpan(0, (int)Math.Min(InflatedPiece, allowed + 1));
        ReadOnlySpan<byte> source = chunk;
        bool valid = _inflater!.TryInflate(ref source, _frame.Fin && chunk.Length == _left, room, out int written, out bool end);
        _left -= chunk.Length - source.Length;
        _unmasked = source.Length;
        _inFrame = _left > 0 || _inflater.HasMore;
        input = input[(chunk.Length - source.Length)..];

        // In the order of the bytes, so that any cut finds the same: what came of them, what is too much, what is corrupt.
        bool tooMuch = written > allowed;
        var piece = room[..(tooMuch ? (int)allowed : written)];
        var violation = _message.Check(piece, end)
            ?? (tooMuch ? Violations.Expands : null)
            ?? (valid ? null : Violations.BadDeflate);
        if (violation is not null)
        {
            return Fail(violation, ref found);
        }

        if (piece.IsEmpty && !end)
        {
            return false;
        }

        found.Kind = ClosingEvent.Data;
        found.Type = _message.Type;
        found.EndOfMessage = end;
        found.Payload = piece;
        found.HeadInFront = false;
        found.FrameBytesLeft = 0; // how much will come of the rest is not known
        if (end)
        {
            _message.End();
        }

        return true;
    }

    private bool ReadControl(ref Span<byte> input, ref SessionEvent found)
    {
        ReadOnlySpan<byte> payload = TakePayload(ref input);
        bool complete = !_inFrame;
        int length = (int)_frame.PayloadLength;
        if (!complete || _control is not null)
        {
            _control ??= new byte[FrameHeader.MaxControlPayload];
            int had = length - (int)_left - payload.Length;
            payload.CopyTo(_control.AsSpan(had));
            payload = _control.AsSpan(0, length - (int)_left);
        }

        if (_frame.Opcode == Opcode.Close && ClosePayload.Check(payload, complete, Dialect.CloseCodes.Has1004) is { } violation)
        {
            return Fail(violation, ref found);
        }

        if (!complete)
        {
            return false;
        }

        _control = null; // the payload span keeps the array alive as long as it is looked at
        found.Kind = _frame.Opcode switch
        {
            Opcode.Ping => ClosingEvent.Ping,
            Opcode.Pong => ClosingEvent.Pong,
            _ => ClosingEvent.PeerClose,
        };
        _stopped = _frame.Opcode == Opcode.Close;
        found.Payload = payload;
        return true;
    }

    private bool Fail(Violation violation, ref SessionEvent found)
    {
        found.Kind = ClosingEvent.Violation;
        found.Violation = violation;
        _stopped = true;
        return true;
    }

    [InlineArray(FrameHeader.MaxSize)]
    private struct SpilledHead
    {
        private byte _first;
    }
}
