using Microsoft.Extensions.Logging;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Sessions;
using Sockeye.Transports;

namespace Sockeye.Connections;

/// <summary>
/// One open connection: holds its parts together, from the link to the application and back, and does what the closing table says.
/// </summary>
internal sealed class ConnectionCore : IConnectionOwner, IListed<ConnectionCore>
{
    private static readonly Action<ConnectionCore> s_over = static _ => { };

    private Inbox? _inbox;
    private ClosingReport? _report;
    private TaskCompletionSource<CloseResult>? _closed;
    private Action<ConnectionCore>? _ended;
    private RosterPlace<ConnectionCore> _place;

    public ConnectionCore(
        Link link, Outbox outbox, Role role, WebSocketOptions options, ILogger logger, long id, Dialect? dialect = null, DeflateParameters? deflate = null)
    {
        (Link, Outbox, Options, Logger, Id) = (link, outbox, options, logger, id);
        Session = new Session(role, options.ToLimits(), dialect, deflate);
        Outbox.Framing = Dialect.Framing;
        Outbox.TakesBinary = Dialect.Has(DialectTraits.Binary);
        Outbox.Deflater = deflate is { } agreed ? options.Compression!.MakeDeflater(role, agreed) : null;
        Intake = new Intake(this);
        Outbox.Owner = this;
        Watch = new Watch(this, Deadlines.Of(options.TimeProvider));
    }

    ref RosterPlace<ConnectionCore> IListed<ConnectionCore>.Place => ref _place;

    /// <summary>What the application holds of it.</summary>
    public WebSocketConnection? Connection { get; set; }

    public Link Link { get; }

    public Session Session { get; }

    public Dialect Dialect => Session.Dialect;

    public Intake Intake { get; }

    /// <summary>Where messages wait for the receiver; made when it is first used, since a sink needs none.</summary>
    public Inbox Inbox => Volatile.Read(ref _inbox) ?? Interlocked.CompareExchange(ref _inbox, new Inbox(this, Options.ReadAheadBytes), null) ?? _inbox;

    public Outbox Outbox { get; }

    /// <summary>Shared with the other connections of a server.</summary>
    public WebSocketOptions Options { get; }

    /// <summary>Everything that depends on time.</summary>
    public Watch Watch { get; }

    public ILogger Logger { get; }

    public long Id { get; }

    /// <summary>Made when somebody asks: hardly anybody does before the end.</summary>
    public Task<CloseResult> Closed => ClosedSource.Task;

    /// <summary>The clock of all timeouts.</summary>
    public TimeProvider Clock => Watch.Clock;

    /// <summary>Takes the messages in place of the inbox; set before the link is taken over.</summary>
    public IMessageSink? Sink { get; set; }

    /// <summary>Whether the application lags, so that nothing more should be read for now.</summary>
    public bool Lags => Sink is { } sink ? sink.IsPaused : Inbox.IsPaused;

    /// <summary>Whether the end was told.</summary>
    public bool IsOver => Volatile.Read(ref _ended) == s_over;

    /// <summary>How it ended, or would end now.</summary>
    public CloseResult Result
    {
        get
        {
            lock (Outbox.Door)
            {
                return Report.Result();
            }
        }
    }

    /// <summary>Whether control frames are received as messages too.</summary>
    public bool ReceivesControlFrames => Options.ReceiveControlFrames;

    /// <summary>Begins to live: the link already pushes here.</summary>
    public void Start()
    {
        Telemetry.Opened(Session.Role);
        Watch.Start();
    }

    /// <summary>The application caught up: reading goes on, on another stack, since a receiver may be running inside the reading thread.</summary>
    public void ResumeReading()
    {
        Watch.ReadingResumed();
        ThreadPool.UnsafeQueueUserWorkItem(static intake => intake.GoOn(), Intake, preferLocal: false);
    }

    /// <summary>Bytes are about to be read: has the processor fetch what messages pass through.</summary>
    public void Prefetch()
    {
        Transports.Prefetch.Object(Session, 3);
        Transports.Prefetch.Object(Outbox, 3);
        Transports.Prefetch.Object(Sink, 1);
        Transports.Prefetch.Object(Connection, 1);
        Transports.Prefetch.Object(_inbox, 3);
    }

    /// <summary>The link is at its end: so is everything.</summary>
    public void LinkEnded(Exception? error)
    {
        var result = ReportEnd(error, error is null);
        Watch.Stop();
        Link.Cut();
        Outbox.Break();
        Watch.EndPings();
        EndInbox();
        Sink?.End(result);
        Telemetry.Closed(Session.Role, result);
        Log.Closed(Logger, Id, (int)result.Code, result.Cause.Length > 0 ? result.Cause : result.Reason, result.Initiator, result.IsClean);
        TellEnd(result);
        Sink?.End(result); // it may have come while there was none; ends are told of once
    }

    /// <summary>The link is cut, though a handler keeps it from ending: whoever waits for the end does not wait for that handler.</summary>
    public void EndedWhileHeld()
    {
        var result = ReportEnd(null, orderly: false);
        Outbox.Break();
        EndInbox();
        TellEnd(result);
    }

    /// <summary>Has somebody told of the end, once, on any thread; false if it has come already. Costs no task, and can be taken back.</summary>
    public bool TryJoinEnd(Action<ConnectionCore> told)
    {
        while (true)
        {
            var before = Volatile.Read(ref _ended);
            if (before == s_over)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _ended, before + told, before) == before)
            {
                return true;
            }
        }
    }

    /// <summary>Takes back what <see cref="TryJoinEnd"/> asked for.</summary>
    public void LeaveEnd(Action<ConnectionCore> told)
    {
        Action<ConnectionCore>? before;
        do
        {
            before = Volatile.Read(ref _ended);
        }
        while (before != s_over && Interlocked.CompareExchange(ref _ended, before - told, before) != before);
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
                Report.Local(code, reason);
                Owe(actions, Dialect.CloseCodes.Nearest(code), reason);
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
                Report.Cut(why, null);
            }

            Owe(actions, Dialect.CloseCodes.Nearest(CloseCode.InternalError), why);
        }

        if (log && (actions & ClosingActions.Cut) != 0)
        {
            Log.Cut(Logger, Id, why);
        }

        Do(actions);
    }

    /// <summary>A violation waits for the answers to what came before it, but not for long.</summary>
    public void WatchViolation() => Watch.Violation();

    /// <summary>The peer's close frame came.</summary>
    public void PeerClosed(ReadOnlySpan<byte> body)
    {
        ClosingActions actions;
        lock (Outbox.Door)
        {
            Report.Remote(body, Session.State);
            actions = Session.Step(ClosingEvent.PeerClose);
            var (code, reason) = ClosePayload.Read(body);
            Owe(actions, code, reason); // the answer echoes the code (RFC 6455 §5.5.1), and others echo the reason too
        }

        Do(actions);
    }

    /// <summary>The peer broke a rule.</summary>
    public void PeerFailed(Violation violation)
    {
        ClosingActions actions;
        lock (Outbox.Door)
        {
            if (Session.State == ClosingState.Open)
            {
                Report.Broke(violation);
            }

            actions = Session.Step(ClosingEvent.Violation);
            Owe(actions, Dialect.CloseCodes.Nearest(violation.Code), violation.Message);
        }

        Log.Violated(Logger, Id, (int)violation.Code, violation.Message, violation.Section);
        Do(actions);
    }

    void IConnectionOwner.ReceiverIdle() => Intake.FailLate();

    void IConnectionOwner.BacklogDrained() => Sink?.OnDrained();

    void IConnectionOwner.BacklogStalled() => Watch.Backlog();

    void IConnectionOwner.BacklogOverflowed() => Close(CloseCode.PolicyViolation, "the peer reads too slowly");

    private ClosingReport Report => _report ??= new ClosingReport();

    private TaskCompletionSource<CloseResult> ClosedSource =>
        Volatile.Read(ref _closed)
        ?? Interlocked.CompareExchange(ref _closed, new TaskCompletionSource<CloseResult>(TaskCreationOptions.RunContinuationsAsynchronously), null)
        ?? _closed;

    private void EndInbox()
    {
        if (Sink is null)
        {
            Inbox.End();
        }
    }

    private void TellEnd(CloseResult result)
    {
        Interlocked.Exchange(ref _ended, s_over)?.Invoke(this);
        ClosedSource.TrySetResult(result);
    }

    private CloseResult ReportEnd(Exception? error, bool orderly)
    {
        lock (Outbox.Door)
        {
            if (orderly && Session.EndsWithLink)
            {
                Report.Remote([], Session.State); // there is no other way to close
            }

            Report.Cut("the link ended without a close frame", error);
            Session.Step(ClosingEvent.LinkEnded);
            return Report.Result();
        }
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
            EndInbox();
            Watch.EndPings();
        }

        if ((actions & ClosingActions.StartDeadline) != 0)
        {
            Watch.Closing();
        }

        if ((actions & ClosingActions.Cut) != 0)
        {
            Link.Cut();
        }
    }
}
