using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>One connection of an echo run: keeps messages in flight and checks what comes back, in order.</summary>
internal sealed class EchoLane(int index, WebSocketConnection connection, Payloads payloads, Tally tally, int depth) : IReceiver
{
    private readonly Lock _gate = new();
    private readonly long[] _began = new long[depth];
    private readonly byte[] _buffer = new byte[payloads.Size];
    private Schedule? _schedule;
    private long _sent, _answered, _due;
    private bool _started, _stopped, _ended;

    /// <summary>Messages sent and not yet answered.</summary>
    public long InFlight
    {
        get
        {
            lock (_gate)
            {
                return _ended ? 0 : _sent - _answered;
            }
        }
    }

    /// <summary>Messages that were due and could not be sent, since too many were in flight.</summary>
    public long Unsent => _schedule is null ? 0 : _due - _sent;

    public void Start(Schedule? schedule)
    {
        lock (_gate)
        {
            (_schedule, _started) = (schedule, true);
            Send();
        }
    }

    public void Due()
    {
        lock (_gate)
        {
            _due++;
            Send();
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
        }
    }

    public void Received(WebSocketMessage message, long now)
    {
        long number = _answered; // only changed here
        bool right = payloads.Matches(message, index, number);
        long began;
        lock (_gate)
        {
            if (number == _sent)
            {
                tally.Error("message nobody asked for");
                return;
            }

            began = _began[number % depth];
            _answered = number + 1;
            Send();
        }

        if (right)
        {
            tally.Done(began, now);
        }
        else
        {
            tally.Wrong("wrong echo", payloads.Difference(message, index, number));
        }
    }

    public void Ended()
    {
        lock (_gate)
        {
            _ended = true;
            if (_sent > _answered)
            {
                tally.Error(Tally.Unanswered, _sent - _answered);
            }
        }
    }

    // With a rate, time counts from when the message was due, however late it leaves: a slow server does not hide behind waiting clients.
    private void Send()
    {
        while (_started && !_stopped && !_ended && _sent - _answered < depth && (_schedule is null || _sent < _due))
        {
            payloads.Write(_buffer, index, _sent);
            _began[_sent % depth] = _schedule?.Due(index, _sent) ?? Stopwatch.GetTimestamp();
            if (!connection.TrySend(_buffer, payloads.Type))
            {
                return; // the connection is closing: all in flight would fit
            }

            _sent++;
        }
    }
}
