using Sockeye.Diagnostics;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Frames;

namespace Sockeye.Connections;

/// <summary>
/// Everything about a connection that depends on time: keep-alive, a peer that takes nothing, a close that takes too long. Guarded by
/// the connection's door. Every connection has one for all its life, so what is not always needed is elsewhere.
/// </summary>
internal sealed class Watch : Deadline
{
    private static readonly TimeSpan s_violationWait = TimeSpan.FromSeconds(1);

    private readonly ConnectionCore _core;
    private readonly Deadlines _clock;
    private KeepAlive _keepAlive;
    private Exceptional? _exceptional;

    public Watch(ConnectionCore core, Deadlines clock)
    {
        (_core, _clock) = (core, clock);
        _keepAlive = new KeepAlive(clock.In(PingInterval));
        _exceptional = TimeLimits.From(Options, clock) is { } limits ? new Exceptional { Limits = limits } : null;
    }

    /// <summary>The clock of all timeouts.</summary>
    public TimeProvider Clock => _clock.Clock;

    /// <summary>The last measured round trip of a ping.</summary>
    public TimeSpan? Latency => _keepAlive.Latency;

    private object Door => _core.Outbox.Door;

    private WebSocketOptions Options => _core.Options;

    private Exceptional Others => _exceptional ??= new Exceptional();

    private TimeSpan PingInterval => _core.Dialect.Has(DialectTraits.Ping) ? Options.KeepAliveInterval : Timeout.InfiniteTimeSpan;

    public void Start()
    {
        lock (Door)
        {
            _clock.Schedule(this, Next(_clock.Now));
        }
    }

    public void Stop() => _clock.Cancel(this);

    /// <summary>A close is under way: it has the close timeout from now.</summary>
    public void Closing()
    {
        lock (Door)
        {
            Others.Closing = _clock.In(Options.CloseTimeout);
            _clock.Schedule(this, Others.Closing);
        }
    }

    /// <summary>A violation waits for the receiver: it has a second from now.</summary>
    public void Violation()
    {
        lock (Door)
        {
            Others.Violation = _clock.In(s_violationWait);
            _clock.Schedule(this, Others.Violation);
        }
    }

    /// <summary>Bytes may be queued: the peer then has to take some of them from time to time.</summary>
    public void Backlog()
    {
        lock (Door)
        {
            if (_core.Outbox.IsStalled && Options.SendTimeout > TimeSpan.Zero && Others is { Backlog: Deadlines.Never } others)
            {
                others.Took(_core.Outbox.Written, _clock.Now);
                others.Backlog = _clock.In(Options.SendTimeout / 4);
                _clock.Schedule(this, others.Backlog);
            }
        }
    }

    /// <summary>Reading goes on after a pause of ours.</summary>
    public void ReadingResumed()
    {
        lock (Door)
        {
            _keepAlive.ReadingResumed(_clock.Now, Options.KeepAliveTimeout);
        }
    }

    /// <summary>Queues a ping of the application's; the answer is the task that its pong completes. With the door held.</summary>
    public Task<TimeSpan> Ping(ReadOnlySpan<byte> payload)
    {
        var ping = _keepAlive.New(_clock.Now, payload.IsEmpty ? null : payload.ToArray());
        _core.Outbox.AppendControl(Opcode.Ping, ping.Payload);
        return ping.Waiter!.Task;
    }

    /// <summary>A pong came.</summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        lock (Door)
        {
            _keepAlive.Pong(_clock.Now, payload);
        }
    }

    /// <summary>No pong comes any more.</summary>
    public void EndPings()
    {
        lock (Door)
        {
            _keepAlive.End();
        }
    }

    public override long OnDeadline(long now)
    {
        // What is to be done is found with the door held and done without it: it may go through the application's code.
        if (!CheckExceptional(now))
        {
            return Deadlines.Never;
        }

        if (_core.Session.State == ClosingState.Open)
        {
            bool lags = _core.Lags | _core.Sink?.HasHandled() == true;
            CheckPeer(now, lags);
            CheckLimits(now, lags);
        }

        lock (Door)
        {
            return Next(now);
        }
    }

    public override void OnFailed(Exception reason)
    {
        Log.InternalError(_core.Logger, _core.Id, reason);
        _core.Link.Cut();
    }

    /// <summary>The close, the violation and the backlog; false if the connection was cut.</summary>
    private bool CheckExceptional(long now)
    {
        bool late, violated, stuck;
        lock (Door)
        {
            if (_exceptional is not { } others)
            {
                return true;
            }

            late = now >= others.Closing;
            violated = now >= others.Violation;
            others.Violation = violated ? Deadlines.Never : others.Violation;
            stuck = now >= others.Backlog && !CheckBacklog(others, now);
        }

        if (late)
        {
            _core.Cut(ClosingEvent.Deadline, $"the close was not over within {Options.CloseTimeout.TotalSeconds:0.###} s");
            return false;
        }

        if (violated)
        {
            _core.Intake.FailLate(force: true);
        }

        if (stuck)
        {
            _core.Cut(ClosingEvent.PeerSilent, $"the peer took nothing for {Options.SendTimeout.TotalSeconds:0.###} s");
        }

        return !stuck;
    }

    private bool CheckBacklog(Exceptional others, long now)
    {
        if (!_core.Outbox.IsStalled)
        {
            others.Backlog = Deadlines.Never;
            return true;
        }

        if (_core.Outbox.Written != others.Progress)
        {
            others.Took(_core.Outbox.Written, now);
        }

        others.Backlog = Deadlines.After(now, Options.SendTimeout / 4);
        return now - others.ProgressAt < Options.SendTimeout.Ticks;
    }

    private void CheckPeer(long now, bool lags)
    {
        KeepAlive.Duty duty;
        lock (Door)
        {
            duty = _keepAlive.Check(now, Options.KeepAliveTimeout, _core.Intake.Received, _core.Outbox.Written, lags);
            if (duty == KeepAlive.Duty.SendPing)
            {
                var ping = _keepAlive.NewOwn(now, PingInterval, Options.KeepAliveTimeout);
                ping.Position = _core.Outbox.AppendControl(Opcode.Ping, ping.Payload);
                ping.Received = _core.Intake.Received;
            }
        }

        switch (duty)
        {
            case KeepAlive.Duty.SendPing:
                _core.Outbox.Flush();
                break;
            case KeepAlive.Duty.GiveUp:
                _core.Cut(ClosingEvent.PeerSilent, $"no answer to a ping within {Options.KeepAliveTimeout.TotalSeconds:0.###} s");
                break;
        }
    }

    private void CheckLimits(long now, bool lags)
    {
        switch (_exceptional?.Limits?.Check(now, _core.Intake.Received, lags))
        {
            case TimeLimits.Verdict.Inactive:
                _core.Cut(ClosingEvent.PeerSilent, $"nothing arrived for {Options.InactivityTimeout.TotalSeconds:0.###} s");
                break;
            case TimeLimits.Verdict.Over:
                _core.Close(CloseCode.GoingAway, "the connection has lasted as long as it may");
                break;
        }
    }

    /// <summary>When to look again. With the door held.</summary>
    private long Next(long now)
    {
        long next = _core.Session.State == ClosingState.Open ? _keepAlive.NextTime(now, PingInterval) : Deadlines.Never;
        if (_exceptional is not { } others)
        {
            return next;
        }

        if (others.IsOver)
        {
            _exceptional = null;
            return next;
        }

        long limit = _core.Session.State == ClosingState.Open && others.Limits is { } limits ? limits.NextTime : Deadlines.Never;
        return Math.Min(Math.Min(next, limit), Math.Min(Math.Min(others.Closing, others.Backlog), others.Violation));
    }

    /// <summary>What few connections have, and those for a while; all times are <see cref="Deadlines.Never"/> while there is nothing to wait for.</summary>
    private sealed class Exceptional
    {
        /// <summary>When a close that is under way has to be over.</summary>
        public long Closing { get; set; } = Deadlines.Never;

        /// <summary>When a violation is told, whatever the receiver does.</summary>
        public long Violation { get; set; } = Deadlines.Never;

        /// <summary>When to see whether the peer takes anything.</summary>
        public long Backlog { get; set; } = Deadlines.Never;

        /// <summary>Bytes that the peer had taken when it last took some, as far as was seen.</summary>
        public long Progress { get; private set; }

        public long ProgressAt { get; private set; }

        public TimeLimits? Limits { get; init; }

        public bool IsOver => Limits is null && Closing == Deadlines.Never && Violation == Deadlines.Never && Backlog == Deadlines.Never;

        public void Took(long written, long now) => (Progress, ProgressAt) = (written, now);
    }
}
