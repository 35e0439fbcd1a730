using System.Buffers;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Sessions;
using Sockeye.Transports;

namespace Sockeye.Connections;

/// <summary>
/// A connection's receiving end: takes the link's bytes through the session, hands messages to the inbox, has pings answered,
/// and pauses the link while the application lags, keeping what was read too much. It is its own lock (an object less): there is one
/// reader at a time, the link's thread or the one that goes on after a pause.
/// </summary>
internal sealed partial class Intake(ConnectionCore core) : IByteReceiver
{
    /// <summary>What a peer may still send while the connection closes, before the link is cut.</summary>
    private const long MaxDiscardedBytes = 16 << 20;

    private const int SmallestRead = 16 * 1024;

    private Stash? _stash;
    private int _discarded;
    private int _received;
    private Violation? _late;
    private MessageBuffer? _room;
    private int _large;
    private bool _cut;

    /// <summary>A count that changes with every arrival.</summary>
    public int Received => Volatile.Read(ref _received);

    public Span<byte> ChooseRoom(Span<byte> buffer)
    {
        ReturnRoom();
        long left = core.Session.PlainBytesLeft;
        if (left == 0)
        {
            // After a large message another one is likely: of that only so much is read that its declared length is believed.
            return _large == 0 ? buffer : buffer[..(int)Math.Min(buffer.Length, Math.Max(SmallestRead, (_large / MessageBuffer.BelieveShare) + 64))];
        }

        _room = core.Sink is { } sink ? sink.RetainPartial() : core.Inbox.RetainPartial();
        var room = _room is null ? default : _room.Room(left);
        return room.IsEmpty ? buffer : room;
    }

    public void Prefetch(bool near)
    {
        if (near)
        {
            core.Prefetch();
        }
        else
        {
            Transports.Prefetch.Object(core, 3);
        }
    }

    public void OnBytes(Span<byte> bytes)
    {
        Take(bytes);
        ReturnRoom();
    }

    public void OnTurn()
    {
        if (core.Sink is null)
        {
            core.Link.EndTurn();
            Deliver();
            FailLate();
        }
    }

    public void OnCutWhileHeld() => core.EndedWhileHeld();

    public void OnEnded(Exception? error)
    {
        FailLate(force: true);
        lock (this)
        {
            ReturnStash();
            core.Session.Dispose();
        }

        ReturnRoom();
        core.LinkEnded(error);
    }

    /// <summary>Takes over a paused link, first with the bytes that came behind the opening handshake.</summary>
    public void TakeOver(Span<byte> behind)
    {
        core.Link.Receiver = this;
        if (!behind.IsEmpty)
        {
            Take(behind);
            FailLate();
        }

        lock (this)
        {
            ResumeLink();
        }
    }

    /// <summary>Goes on after a pause: first with what was left of the last bytes, then with the link.</summary>
    public void GoOn()
    {
        lock (this)
        {
            if (!core.Lags && (_stash is not null || core.Session.HasMore))
            {
                var rest = Read(_stash is null ? default : _stash.Left);
                if (rest.IsEmpty)
                {
                    ReturnStash();
                }
                else
                {
                    _stash!.Keep(rest.Length);
                }
            }

            ResumeLink();
        }

        if (core.Sink is null)
        {
            Deliver();
            FailLate();
        }
    }

    private void Take(Span<byte> bytes)
    {
        Volatile.Write(ref _received, _received + 1);
        lock (this)
        {
            if (Volatile.Read(ref _late) is not null)
            {
                return; // nothing behind a violation counts
            }

            var rest = Read(bytes);
            if (!rest.IsEmpty)
            {
                _stash = new Stash(rest);
            }
        }
    }

    /// <summary>Reads bytes; the answer is what is left of them because the application lags.</summary>
    private Span<byte> Read(Span<byte> bytes)
    {
        if (core.Session.State != ClosingState.Open && (_discarded += bytes.Length) > MaxDiscardedBytes)
        {
            core.Cut(ClosingEvent.Deadline, "the peer sent too much after the close");
        }

        Cork? cork = null;
        try
        {
            var found = default(SessionEvent);
            while (core.Session.TryRead(ref bytes, ref found))
            {
                if (cork is null && !bytes.IsEmpty)
                {
                    cork = Cork.Mine; // more follows: what a handler answers to it leaves together
                    cork.Begin();
                }

                Handle(found);
                if (Volatile.Read(ref _late) is not null)
                {
                    bytes = default; // nothing behind a violation counts
                    break;
                }

                if (core.Lags && (!bytes.IsEmpty || core.Session.HasMore))
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            // Whatever a peer sends must not get here; if it does, it costs this connection and no other.
            Log.InternalError(core.Logger, core.Id, e);
            core.Cut(ClosingEvent.Abort, "internal error", log: false);
            bytes = default;
        }

        cork?.End();

        // Bytes that are left over come first, whoever has ended the pause meanwhile: GoOn is then on its way.
        if (core.Lags || !bytes.IsEmpty)
        {
            core.Link.PauseReading();
        }

        return bytes;
    }

    private void Handle(in SessionEvent found)
    {
        switch (found.Kind)
        {
            case ClosingEvent.Data:
                if (core.Session.DeliversData)
                {
                    Telemetry.ReceivedPiece(found.Payload.Length, found.EndOfMessage);
                    Measure(found.Payload.Length, found.FrameBytesLeft);
                    if (core.Sink is { } sink)
                    {
                        sink.Add(found);
                    }
                    else
                    {
                        core.Inbox.Add(found.Payload, found.Type, found.EndOfMessage, found.FrameBytesLeft);
                    }
                }

                break;

            case ClosingEvent.Ping:
                Show(Opcode.Ping, found.Payload);
                Answer(found.Payload);
                break;

            case ClosingEvent.Pong:
                core.Watch.Pong(found.Payload);
                Show(Opcode.Pong, found.Payload);
                break;

            case ClosingEvent.PeerClose:
                Show(Opcode.Close, found.Payload);
                core.PeerClosed(found.Payload);
                break;

            default:
                if (core.Sink is null && core.Session.State == ClosingState.Open && core.Inbox.IsAnswerDue)
                {
                    // What came before it is answered first: telling the peer closes the door for answers.
                    Interlocked.Exchange(ref _late, found.Violation);
                    core.WatchViolation();
                    FailLate(); // the receiver may have become idle meanwhile
                }
                else
                {
                    core.PeerFailed(found.Violation!);
                }

                break;
        }
    }

    /// <summary>Remembers the length of the last frame, if it did not come in one piece.</summary>
    private void Measure(int payload, long left)
    {
        if (!_cut)
        {
            _large = left > 0 ? (int)Math.Min(payload + left, int.MaxValue) : 0;
        }

        _cut = left > 0;
    }

    /// <summary>Answers a ping: with the rest of the burst, or before if a handler does not return, or else at once.</summary>
    private void Answer(ReadOnlySpan<byte> ping)
    {
        lock (core.Outbox.Door)
        {
            if ((core.Session.Look(ClosingEvent.Ping) & ClosingActions.SendPong) == 0)
            {
                return;
            }

            core.Outbox.AppendPong(ping);
            if (Cork.TryHold(core.Outbox))
            {
                return;
            }
        }

        core.Outbox.Flush();
    }

    private void Show(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (core.ReceivesControlFrames && core.Sink is null)
        {
            core.Inbox.AddControl(payload, (MessageType)opcode);
        }

        try
        {
            core.Connection?.SeeControlFrame(opcode, payload);
        }
        catch (Exception e)
        {
            Log.ControlFrameHandlerFailed(core.Logger, core.Id, e);
        }
    }

    private void ResumeLink()
    {
        if (!core.Lags && _stash is null)
        {
            core.Link.ResumeReading();
        }
    }

    private void ReturnRoom()
    {
        _room?.Release();
        _room = null;
    }

    private void ReturnStash()
    {
        _stash?.Return();
        _stash = null;
    }
}
