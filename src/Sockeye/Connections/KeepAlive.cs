using System.Buffers.Binary;

namespace Sockeye.Connections;

/// <summary>
/// Pings: the connection's own, by which a dead peer is found, and the application's. Knows when the next one is due and
/// when the peer has been silent for too long; sends nothing itself. A part of <see cref="Watch"/>, used with the door held.
/// </summary>
internal struct KeepAlive(long firstPing)
{
    private const int MostUnanswered = 64;

    private Ping? _newest;
    private long _nextPing = firstPing;
    private long _latency = Deadlines.Never;

    /// <summary>What is to be done now.</summary>
    public enum Duty
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>Send a ping.</summary>
        SendPing,

        /// <summary>Give the peer up.</summary>
        GiveUp,
    }

    /// <summary>The last round trip that was measured.</summary>
    public readonly TimeSpan? Latency => _latency == Deadlines.Never ? null : new TimeSpan(_latency);

    /// <summary>Our own ping whose answer, or any other byte, is waited for.</summary>
    private readonly Ping? Awaited
    {
        get
        {
            var ping = _newest;
            while (ping is { IsAwaited: false })
            {
                ping = ping.Older;
            }

            return ping;
        }
    }

    /// <summary>The next time to ask <see cref="Check"/>.</summary>
    public readonly long NextTime(long now, TimeSpan interval) =>
        // While a ping is unanswered the next one waits for its answer, which is looked for at every interval.
        Awaited is { } own ? Math.Min(own.Deadline, _nextPing > now ? _nextPing : Deadlines.After(now, interval)) : _nextPing;

    /// <summary>Looks at the clock.</summary>
    /// <param name="now">The time.</param>
    /// <param name="timeout">How long an answer may take.</param>
    /// <param name="received">A count that changes with every arrival: any byte is life.</param>
    /// <param name="written">Bytes written so far: a ping counts from when it left.</param>
    /// <param name="readingPaused">Whether we ourselves do not read, so that an answer could not be seen.</param>
    public readonly Duty Check(long now, TimeSpan timeout, int received, long written, bool readingPaused)
    {
        if (Awaited is { } own)
        {
            if (own.Received == received)
            {
                if (readingPaused || written < own.Position)
                {
                    own.Deadline = Deadlines.After(now, timeout);
                    return Duty.None;
                }

                return now >= own.Deadline ? Duty.GiveUp : Duty.None;
            }

            own.IsAwaited = false; // alive; a pong that is still to come is measured all the same
        }

        return now >= _nextPing ? Duty.SendPing : Duty.None;
    }

    /// <summary>Reading goes on after a pause of ours: an answer can be seen only from now on.</summary>
    public readonly void ReadingResumed(long now, TimeSpan timeout)
    {
        if (Awaited is { } own)
        {
            own.Deadline = Deadlines.After(now, timeout);
        }
    }

    /// <summary>A ping of the keep-alive's own goes out.</summary>
    public Ping NewOwn(long now, TimeSpan interval, TimeSpan timeout)
    {
        _nextPing = Deadlines.After(now, interval);
        var ping = Remember(new Ping(null, now, null));
        (ping.IsAwaited, ping.Deadline) = (timeout >= TimeSpan.Zero, Deadlines.After(now, timeout));
        return ping;
    }

    /// <summary>A ping of the application's goes out.</summary>
    /// <param name="now">The time.</param>
    /// <param name="payload">What it carries; null for a number of its own.</param>
    public Ping New(long now, byte[]? payload) =>
        Remember(new Ping(payload, now, new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously)));

    /// <summary>A pong came. It answers its ping and, since a peer may answer only the latest (RFC 6455 §5.5.3), those before.</summary>
    public void Pong(long now, ReadOnlySpan<byte> payload)
    {
        Ping? newer = null;
        var found = _newest;
        while (found is not null && !payload.SequenceEqual(found.Payload))
        {
            (newer, found) = (found, found.Older);
        }

        if (found is null)
        {
            return;
        }

        Cut(newer);
        _latency = now - found.SentAt;
        for (var ping = found; ping is not null; ping = ping.Older)
        {
            ping.Waiter?.TrySetResult(new TimeSpan(now - ping.SentAt));
        }
    }

    /// <summary>No pong comes any more.</summary>
    public void End()
    {
        for (var ping = _newest; ping is not null; ping = ping.Older)
        {
            ping.Fail(new WebSocketClosedException());
        }

        _newest = null;
    }

    private Ping Remember(Ping ping)
    {
        ping.Number = Math.Max((_newest?.Number ?? 0) + 1, ping.SentAt); // a late answer to an earlier one is none to this
        ping.Older = _newest;
        _newest = ping;
        int count = 0;
        for (var each = ping; each is not null; each = each.Older)
        {
            count++;
        }

        if (count > MostUnanswered)
        {
            ForgetOne();
        }

        return ping;
    }

    /// <summary>A peer that answers no ping does not make us remember all of them: the oldest for which nobody waits goes, or else the oldest.</summary>
    private readonly void ForgetOne()
    {
        Ping? beforeIdle = null;
        Ping? beforeWaiting = null;
        for (var ping = _newest!; ping.Older is { } older; ping = older)
        {
            beforeIdle = older is { Waiter: null, IsAwaited: false } ? ping : beforeIdle;
            beforeWaiting = older.IsAwaited ? beforeWaiting : ping;
        }

        var before = beforeIdle ?? beforeWaiting!;
        before.Older!.Fail(new WebSocketClosedException("Too many pings are unanswered."));
        before.Older = before.Older.Older;
    }

    /// <summary>Forgets all pings older than this one; all there are, if it is null.</summary>
    private void Cut(Ping? oldest)
    {
        if (oldest is null)
        {
            _newest = null;
        }
        else
        {
            oldest.Older = null;
        }
    }

    /// <summary>A ping that is not answered yet.</summary>
    internal sealed class Ping(byte[]? payload, long sentAt, TaskCompletionSource<TimeSpan>? waiter)
    {
        private byte[]? _payload = payload;

        public Ping? Older { get; set; }

        /// <summary>Greater than that of every one before.</summary>
        public long Number { get; set; }

        /// <summary>What it carries: its number, if nothing else was given.</summary>
        public byte[] Payload
        {
            get
            {
                if (_payload is null)
                {
                    _payload = new byte[sizeof(long)];
                    BinaryPrimitives.WriteInt64BigEndian(_payload, Number);
                }

                return _payload;
            }
        }

        public long SentAt => sentAt;

        public TaskCompletionSource<TimeSpan>? Waiter => waiter;

        /// <summary>Whether the peer is given up if nothing comes by the deadline.</summary>
        public bool IsAwaited { get; set; }

        public long Deadline { get; set; }

        /// <summary>How many bytes will have been written when it is.</summary>
        public long Position { get; set; }

        /// <summary>The count of arrivals when it was sent.</summary>
        public int Received { get; set; }

        public void Fail(Exception reason)
        {
            if (waiter?.TrySetException(reason) == true)
            {
                _ = waiter.Task.Exception; // whoever waited may have given up: then the reason is nobody's
            }
        }
    }
}
