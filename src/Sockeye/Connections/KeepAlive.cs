using System.Buffers.Binary;

namespace Sockeye.Connections;

/// <summary>
/// Pings: the connection's own, by which a dead peer is found, and the application's. Knows when the next one is due and
/// when the peer has been silent for too long; sends nothing itself.
/// </summary>
internal sealed class KeepAlive(TimeSpan interval, TimeSpan timeout, Deadlines clock)
{
    private readonly Lock _lock = new();
    private List<Ping>? _pings;
    private long _counter;
    private long _nextPing = clock.In(interval);
    private Ping? _own;
    private long _deadline = Deadlines.Never;

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
    public TimeSpan? Latency { get; private set; }

    /// <summary>The next time to ask <see cref="Check"/>.</summary>
    public long NextTime
    {
        get
        {
            lock (_lock)
            {
                // While a ping is unanswered the next one waits for its answer, which is looked for at every interval.
                return _own is null ? _nextPing : Math.Min(_deadline, _nextPing > clock.Now ? _nextPing : clock.In(interval));
            }
        }
    }

    /// <summary>Looks at the clock.</summary>
    /// <param name="now">The time.</param>
    /// <param name="received">A count that changes with every arrival: any byte is life.</param>
    /// <param name="written">Bytes written so far: a ping counts from when it left.</param>
    /// <param name="readingPaused">Whether we ourselves do not read, so that an answer could not be seen.</param>
    public Duty Check(long now, int received, long written, bool readingPaused)
    {
        lock (_lock)
        {
            if (_own is not { } own)
            {
                return now >= _nextPing ? Duty.SendPing : Duty.None;
            }

            if (own.Received != received)
            {
                _own = null; // alive; a pong that is still to come is measured all the same
                return now >= _nextPing ? Duty.SendPing : Duty.None;
            }

            if (readingPaused || written < own.Position)
            {
                _deadline = clock.In(timeout);
                return Duty.None;
            }

            return now >= _deadline ? Duty.GiveUp : Duty.None;
        }
    }

    /// <summary>Reading goes on after a pause of ours: an answer can be seen only from now on.</summary>
    public void ReadingResumed()
    {
        lock (_lock)
        {
            _deadline = _own is null ? _deadline : clock.In(timeout);
        }
    }

    /// <summary>A payload for a ping of ours.</summary>
    public byte[] NewPayload()
    {
        byte[] payload = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(payload, Interlocked.Increment(ref _counter));
        return payload;
    }

    /// <summary>A ping goes out: the keep-alive's own one.</summary>
    public void SentOwn(byte[] payload, long position, int received)
    {
        lock (_lock)
        {
            _nextPing = clock.In(interval);
            _deadline = timeout < TimeSpan.Zero ? Deadlines.Never : clock.In(timeout);
            _own = timeout < TimeSpan.Zero ? null : new Ping(payload, clock.Now, null) { Position = position, Received = received };
            Remember(_own ?? new Ping(payload, clock.Now, null));
        }
    }

    /// <summary>A ping of the application goes out; the answer is the task that its pong completes.</summary>
    public Task<TimeSpan> Sent(byte[] payload)
    {
        var waiter = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            Remember(new Ping(payload, clock.Now, waiter));
        }

        return waiter.Task;
    }

    /// <summary>A pong came. It answers its ping and, since a peer may answer only the latest (RFC 6455 §5.5.3), those before.</summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            if (_pings is null)
            {
                return;
            }

            int found = _pings.Count - 1;
            while (found >= 0 && !payload.SequenceEqual(_pings[found].Payload))
            {
                found--;
            }

            for (int i = 0; i <= found; i++)
            {
                var time = new TimeSpan(clock.Now - _pings[i].SentAt);
                Latency = time;
                _pings[i].Waiter?.TrySetResult(time);
            }

            _pings.RemoveRange(0, found + 1);
        }
    }

    /// <summary>No pong comes any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            foreach (var ping in _pings ?? [])
            {
                Fail(ping, new WebSocketClosedException());
            }

            _pings = null;
            _own = null;
        }
    }

    private static void Fail(Ping ping, Exception reason)
    {
        if (ping.Waiter?.TrySetException(reason) == true)
        {
            _ = ping.Waiter.Task.Exception; // whoever waited may have given up: then the reason is nobody's
        }
    }

    private void Remember(Ping ping)
    {
        const int most = 64;
        _pings ??= [];
        if (_pings.Count == most)
        {
            // A peer that answers no ping does not make us remember all of them.
            int oldest = Math.Max(0, _pings.FindIndex(p => p.Waiter is null));
            Fail(_pings[oldest], new WebSocketClosedException("Too many pings are unanswered."));
            _pings.RemoveAt(oldest);
        }

        _pings.Add(ping);
    }

    private sealed record Ping(byte[] Payload, long SentAt, TaskCompletionSource<TimeSpan>? Waiter)
    {
        public long Position { get; init; }

        public int Received { get; init; }
    }
}
