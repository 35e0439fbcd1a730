using Sockeye.Diagnostics;
using Sockeye.Protocol.Closing;

namespace Sockeye.Connections;

/// <summary>Everything about a connection that depends on time: keep-alive, a peer that takes nothing, a close that takes too long.</summary>
internal sealed class Watch : IDeadline
{
    private static readonly TimeSpan s_violationWait = TimeSpan.FromSeconds(1);

    private readonly ConnectionCore _core;
    private readonly WebSocketOptions _options;
    private readonly Deadlines _clock;
    private readonly Alarm _alarm;
    private readonly TimeLimits? _limits;
    private long _closing = Deadlines.Never;
    private long _backlog = Deadlines.Never;
    private long _violation = Deadlines.Never;
    private long _progressAt;
    private long _progress;

    public Watch(ConnectionCore core, WebSocketOptions options, Deadlines clock)
    {
        (_core, _options, _clock) = (core, options, clock);
        _alarm = new Alarm(this);
        _limits = TimeLimits.From(options, clock);
    }

    /// <summary>The clock of all timeouts.</summary>
    public TimeProvider Clock => _clock.Clock;

    public void Start() => Schedule(Math.Min(_core.KeepAlive.NextTime, _limits?.NextTime ?? Deadlines.Never));

    public void Stop() => _alarm.Cancel();

    /// <summary>A close is under way: it has the close timeout from now.</summary>
    public void Closing()
    {
        long due = _clock.In(_options.CloseTimeout);
        Volatile.Write(ref _closing, due);
        Schedule(due);
    }

    /// <summary>A violation waits for the receiver: it has a second from now.</summary>
    public void Violation()
    {
        long due = _clock.In(s_violationWait);
        Volatile.Write(ref _violation, due);
        Schedule(due);
    }

    /// <summary>Bytes are queued: the peer has to take some of them from time to time.</summary>
    public void Backlog()
    {
        if (Volatile.Read(ref _backlog) == Deadlines.Never && _options.SendTimeout > TimeSpan.Zero)
        {
            (_progress, _progressAt) = (_core.Outbox.Written, _clock.Now);
            Volatile.Write(ref _backlog, _clock.In(_options.SendTimeout / 4));
            Schedule(_backlog);
        }
    }

    public long OnDeadline(long now)
    {
        try
        {
            return Check(now);
        }
        catch (Exception e)
        {
            // The timer is everybody's: what fails here costs this connection and no other.
            Log.InternalError(_core.Logger, _core.Id, e);
            _core.Link.Cut();
            return Deadlines.Never;
        }
    }

    private long Check(long now)
    {
        if (now >= Volatile.Read(ref _closing))
        {
            _core.Cut(ClosingEvent.Deadline, $"the close was not over within {_options.CloseTimeout.TotalSeconds:0.###} s");
            return Deadlines.Never;
        }

        if (now >= Volatile.Read(ref _violation))
        {
            Volatile.Write(ref _violation, Deadlines.Never);
            _core.Intake.FailLate(force: true);
        }

        if (now >= Volatile.Read(ref _backlog) && !CheckBacklog(now))
        {
            _core.Cut(ClosingEvent.PeerSilent, $"the peer took nothing for {_options.SendTimeout.TotalSeconds:0.###} s");
            return Deadlines.Never;
        }

        long ping = Deadlines.Never;
        if (_core.Session.State == ClosingState.Open)
        {
            CheckPeer(now);
            CheckLimits(now);
            ping = Math.Min(_core.KeepAlive.NextTime, _limits?.NextTime ?? Deadlines.Never);
        }

        long first = Math.Min(Volatile.Read(ref _closing), Volatile.Read(ref _backlog));
        return Math.Min(Math.Min(first, Volatile.Read(ref _violation)), ping);
    }

    private void CheckPeer(long now)
    {
        switch (_core.KeepAlive.Check(now, _core.Intake.Received, _core.Outbox.Written, _core.Lags))
        {
            case KeepAlive.Duty.SendPing:
                _core.SendKeepAlivePing();
                break;
            case KeepAlive.Duty.GiveUp:
                _core.Cut(ClosingEvent.PeerSilent, $"no answer to a ping within {_options.KeepAliveTimeout.TotalSeconds:0.###} s");
                break;
        }
    }

    private void CheckLimits(long now)
    {
        switch (_limits?.Check(now, _core.Intake.Received, _core.Lags))
        {
            case TimeLimits.Verdict.Inactive:
                _core.Cut(ClosingEvent.PeerSilent, $"nothing arrived for {_options.InactivityTimeout.TotalSeconds:0.###} s");
                break;
            case TimeLimits.Verdict.Over:
                _core.Close(CloseCode.GoingAway, "the connection has lasted as long as it may");
                break;
        }
    }

    private bool CheckBacklog(long now)
    {
        long written = _core.Outbox.Written;
        if (!_core.Outbox.IsStalled)
        {
            Volatile.Write(ref _backlog, Deadlines.Never);
            Interlocked.MemoryBarrier();
            _core.WatchBacklog(); // what stalled just before saw the watch still on
            return true;
        }

        if (written != _progress)
        {
            (_progress, _progressAt) = (written, now);
        }

        Volatile.Write(ref _backlog, _clock.In(_options.SendTimeout / 4));
        return now - _progressAt < _options.SendTimeout.Ticks;
    }

    private void Schedule(long due)
    {
        if (due != Deadlines.Never)
        {
            _clock.Schedule(_alarm, due);
        }
    }
}
