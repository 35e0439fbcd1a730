using System.Buffers;
using Microsoft.Extensions.Logging;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Sessions;
using Sockeye.Transports;

namespace Sockeye.Connections;

/// <summary>
/// One open connection at work: takes the link's bytes through the session, hands messages to the inbox and replies to the outbox,
/// and does what the closing table says.
/// </summary>
internal sealed class ConnectionCore : IByteReceiver
{
    /// <summary>What a peer may still send while the connection closes, before the link is cut.</summary>
    private const long MaxDiscardedBytes = 16 << 20;

    private readonly WebSocketOptions _options;
    private readonly ClosingReport _report = new();
    private readonly TaskCompletionSource<CloseResult> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reading = new();
    private readonly Watch _watch;
    private byte[]? _stash;
    private int _stashStart;
    private int _stashEnd;
    private long _discarded;
    private int _received;

    public ConnectionCore(Link link, Outbox outbox, Role role, WebSocketOptions options, ILogger logger, long id)
    {
        (Link, Outbox, Logger, Id, _options) = (link, outbox, logger, id, options);
        var limits = new MessageLimits(options.MaxMessageBytes, options.MaxFrameBytes, options.MaxFragments);
        Session = new Session(role, limits);
        Inbox = new Inbox(options.ReadAheadBytes, link.ResumesInline)
        {
            // On another stack: a receiver may be running inside the reading thread.
            Resume = () => ThreadPool.UnsafeQueueUserWorkItem(static c => c.GoOnReading(), this, preferLocal: false),
        };
        Outbox.Overflow = () => Close(CloseCode.PolicyViolation, "the peer reads too slowly");
        var clock = Deadlines.Of(options.TimeProvider);
        KeepAlive = new KeepAlive(options.KeepAliveInterval, options.KeepAliveTimeout, clock);
        _watch = new Watch(this, options, clock);
    }

    public Link Link { get; }

    public Session Session { get; }

    public Inbox Inbox { get; }

    public Outbox Outbox { get; }

    public KeepAlive KeepAlive { get; }

    public ILogger Logger { get; }

    public long Id { get; }

    /// <summary>A count that changes with every arrival.</summary>
    public int Received => Volatile.Read(ref _received);

    public Task<CloseResult> Closed => _closed.Task;

    /// <summary>Sees control frames as they arrive.</summary>
    public Action<Opcode, ReadOnlySpan<byte>>? ControlFrameSeen { get; set; }

    /// <summary>Begins to live: the link already pushes here.</summary>
    public void Start()
    {
        Telemetry.Opened(Session.Role.ToString());
        _watch.Start();
    }

    public void OnBytes(Span<byte> bytes)
    {
        Volatile.Write(ref _received, _received + 1);
        lock (_reading)
        {
            var rest = Read(bytes);
            if (!rest.IsEmpty)
            {
                _stash = ArrayPool<byte>.Shared.Rent(rest.Length);
                rest.CopyTo(_stash);
                (_stashStart, _stashEnd) = (0, rest.Length);
            }
        }
    }

    public void OnEnded(Exception? error)
    {
        CloseResult result;
        lock (Outbox.Door)
        {
            _report.Cut("the link ended without a close frame", error);
            Session.Step(ClosingEvent.LinkEnded);
            result = _report.Result();
        }

        _watch.Stop();
        Link.Cut();
        Outbox.Break();
        KeepAlive.End();
        lock (_reading)
        {
            ReturnStash();
        }

        Inbox.End();
        Telemetry.Closed(Session.Role.ToString(), result);
        Log.Closed(Logger, Id, (int)result.Code, result.Reason, result.Initiator, result.IsClean);
        _closed.TrySetResult(result);
    }

    /// <summary>Takes over a paused link, first with the bytes that came behind the opening handshake.</summary>
    public void TakeOver(Span<byte> behind)
    {
        Link.Receiver = this;
        if (!behind.IsEmpty)
        {
            OnBytes(behind);
        }

        lock (_reading)
        {
            ResumeLink();
        }
    }

    /// <summary>Begins an orderly close, if none is under way.</summary>
    public void Close(CloseCode code, string reason)
    {
        ClosingActions actions;
        lock (Outbox.Door)
        {
            bool first = Session.State == ClosingState.Open;
            actions = Session.Step(ClosingEvent.LocalClose);
            if (first)
            {
                _report.Local(code, reason);
                Owe(actions, code, reason);
            }
        }

        Do(actions);
    }

    /// <summary>Ends the connection without ceremony.</summary>
    public void Cut(ClosingEvent what, string why, bool log = true)
    {
        ClosingActions actions;
        lock (Outbox.Door)
        {
            actions = Session.Step(what);
            if ((actions & ClosingActions.Cut) != 0)
            {
                _report.Cut(why, null);
            }

            Owe(actions, CloseCode.InternalError, why);
        }

        if (log && (actions & ClosingActions.Cut) != 0)
        {
            Log.Cut(Logger, Id, why);
        }

        Do(actions);
    }

    /// <summary>Sends a ping of the keep-alive's own.</summary>
    public void SendKeepAlivePing()
    {
        byte[] payload = KeepAlive.NewPayload();
        lock (Outbox.Door)
        {
            KeepAlive.SentOwn(payload, Outbox.AppendControl(Opcode.Ping, payload), Received);
        }

        Outbox.Flush();
    }

    /// <summary>Watches the backlog from now on: something had to be queued.</summary>
    public void WatchBacklog() => _watch.Backlog();

    private Span<byte> Read(Span<byte> bytes)
    {
        if (Session.State != ClosingState.Open && (_discarded += bytes.Length) > MaxDiscardedBytes)
        {
            Cut(ClosingEvent.Deadline, "the peer sent too much after the close");
        }

        bool owed = false;
        try
        {
            var found = default(SessionEvent);
            while (Session.TryRead(ref bytes, ref found))
            {
                owed |= Handle(found);
                if (Inbox.IsPaused && !bytes.IsEmpty)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            // Whatever a peer sends must not get here; if it does, it costs this connection and no other.
            Log.InternalError(Logger, Id, e);
            Cut(ClosingEvent.Abort, "internal error", log: false);
            bytes = default;
        }

        if (owed)
        {
            Outbox.Flush();
        }

        // Bytes that are left over come first, whoever has ended the pause meanwhile: GoOnReading is then on its way.
        if (Inbox.IsPaused || !bytes.IsEmpty)
        {
            Link.PauseReading();
        }

        return bytes;
    }

    /// <summary>Goes on after a pause: first with what was left of the last bytes, then with the link.</summary>
    private void GoOnReading()
    {
        lock (_reading)
        {
            if (!Inbox.IsPaused && _stash is not null)
            {
                var rest = Read(_stash.AsSpan(_stashStart.._stashEnd));
                _stashStart = _stashEnd - rest.Length;
                if (rest.IsEmpty)
                {
                    ReturnStash();
                }
            }

            ResumeLink();
        }
    }

    private void ResumeLink()
    {
        if (!Inbox.IsPaused && _stash is null)
        {
            Link.ResumeReading();
        }
    }

    private void ReturnStash()
    {
        if (_stash is { } stash)
        {
            _stash = null;
            ArrayPool<byte>.Shared.Return(stash);
        }
    }

    /// <summary>Handles one event; the answer is whether bytes are owed that are not flushed yet.</summary>
    private bool Handle(in SessionEvent found)
    {
        switch (found.Kind)
        {
            case ClosingEvent.Data:
                if ((Session.Look(ClosingEvent.Data) & ClosingActions.Deliver) != 0)
                {
                    Telemetry.ReceivedPiece(found.Payload.Length, found.EndOfMessage);
                    Inbox.Add(found.Payload, found.Type, found.EndOfMessage, found.FrameBytesLeft);
                }

                return false;

            case ClosingEvent.Ping:
                Show(Opcode.Ping, found.Payload);
                return Answer(found.Payload);

            case ClosingEvent.Pong:
                KeepAlive.Pong(found.Payload);
                Show(Opcode.Pong, found.Payload);
                return false;

            case ClosingEvent.PeerClose:
                Show(Opcode.Close, found.Payload);
                PeerClosed(found.Payload);
                return false;

            default:
                Failed(found.Violation!);
                return false;
        }
    }

    private bool Answer(ReadOnlySpan<byte> ping)
    {
        lock (Outbox.Door)
        {
            bool answer = (Session.Look(ClosingEvent.Ping) & ClosingActions.SendPong) != 0;
            if (answer)
            {
                Outbox.AppendPong(ping);
            }

            return answer;
        }
    }

    private void PeerClosed(ReadOnlySpan<byte> body)
    {
        ClosingActions actions;
        lock (Outbox.Door)
        {
            _report.Remote(body, Session.State);
            actions = Session.Step(ClosingEvent.PeerClose);
            Owe(actions, ClosePayload.Read(body).Code, ""); // the code is echoed (RFC 6455 §5.5.1)
        }

        Do(actions);
    }

    private void Failed(Violation violation)
    {
        ClosingActions actions;
        lock (Outbox.Door)
        {
            if (Session.State == ClosingState.Open)
            {
                _report.Broke(violation);
            }

            actions = Session.Step(ClosingEvent.Violation);
            Owe(actions, violation.Code, violation.Message);
        }

        Log.Violated(Logger, Id, (int)violation.Code, violation.Message, violation.Section);
        Do(actions);
    }

    /// <summary>Queues what the table says is owed to the peer. With the door held.</summary>
    private void Owe(ClosingActions actions, CloseCode code, string reason)
    {
        if ((actions & ClosingActions.SendClose) != 0)
        {
            Span<byte> body = stackalloc byte[FrameHeader.MaxControlPayload];
            Outbox.AppendControl(Opcode.Close, body[..ClosePayload.Write(body, code, reason)]);
        }

        if (!ClosingTable.MaySend(Session.State))
        {
            Outbox.CloseDoor();
        }

        if ((actions & ClosingActions.ShutdownSend) != 0)
        {
            Outbox.EndWhenEmpty();
        }
    }

    /// <summary>Does what the table says, without the door.</summary>
    private void Do(ClosingActions actions)
    {
        Outbox.Flush();
        if (!ClosingTable.MaySend(Session.State))
        {
            Inbox.End();
            KeepAlive.End();
        }

        if ((actions & ClosingActions.StartDeadline) != 0)
        {
            _watch.Closing();
        }

        if ((actions & ClosingActions.Cut) != 0)
        {
            Link.Cut();
        }
    }

    private void Show(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        try
        {
            ControlFrameSeen?.Invoke(opcode, payload);
        }
        catch (Exception e)
        {
            Log.ControlFrameHandlerFailed(Logger, Id, e);
        }
    }
}
