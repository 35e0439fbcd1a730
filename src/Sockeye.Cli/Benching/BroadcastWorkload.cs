using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>One sends, and all the others must receive it. A message is in flight until the last of those who live has it.</summary>
internal sealed class BroadcastWorkload(BenchSettings settings, Dialer dialer, Tally tally) : IWorkload
{
    private const int SenderNumber = 0;

    private readonly Payloads _payloads = new(settings.Size, text: true); // what chat servers relay
    private readonly ConnectionGroup _group = new(dialer, tally);
    private readonly Lock _gate = new();
    private readonly long[] _began = new long[settings.Depth];
    private readonly int[] _missing = new int[settings.Depth];
    private readonly byte[] _buffer = new byte[settings.Size];
    private WebSocketConnection? _sender;
    private Schedule? _schedule;
    private int _receivers;
    private long _sent, _complete, _due;
    private bool _started, _stopped;

    public string Unit => "deliveries";

    public int Live => _group.Live;

    public bool IsOver => _sender is not { State: ConnectionState.Open } || Volatile.Read(ref _receivers) == 0;

    public IEnumerable<(string Name, long Value)> Figures => settings.Rate is null
        ? [("opened", _group.Opened), ("sent", _sent)]
        : [("opened", _group.Opened), ("sent", _sent), ("dueButUnsent", _due - _sent)];

    public async Task OpenAsync(CancellationToken stop)
    {
        await _group.OpenAsync(settings.Connections, settings.Ramp, (_, _) => Join(), stop);
        if (_receivers > 0)
        {
            await _group.OpenAsync(1, TimeSpan.Zero, JoinSender, stop);
        }
    }

    public void Start(Schedule? schedule)
    {
        lock (_gate)
        {
            (_schedule, _started) = (schedule, true);
            Send();
        }
    }

    public void Due(int connection)
    {
        lock (_gate)
        {
            _due++;
            Send();
        }
    }

    public async Task FinishAsync(CancellationToken hurry)
    {
        lock (_gate)
        {
            _stopped = true;
        }

        await Draining.UntilAsync(IsQuiet, hurry);
        await _group.CloseAsync(hurry);
    }

    private bool IsQuiet()
    {
        lock (_gate)
        {
            return _sent == _complete || IsOver;
        }
    }

    private Sender JoinSender(int index, WebSocketConnection connection)
    {
        _sender = connection;
        return new Sender();
    }

    private Receiver Join()
    {
        lock (_gate)
        {
            _receivers++;
            return new Receiver(this);
        }
    }

    private void Send()
    {
        while (_started && !_stopped && _receivers > 0 && _sent - _complete < settings.Depth && (_schedule is null || _sent < _due))
        {
            int slot = (int)(_sent % settings.Depth);
            _payloads.Write(_buffer, SenderNumber, _sent);
            _missing[slot] = _receivers;
            _began[slot] = _schedule?.Due(_sent) ?? Stopwatch.GetTimestamp();
            if (_sender is null || !_sender.TrySend(_buffer, _payloads.Type))
            {
                return; // closing
            }

            _sent++;
        }
    }

    // Under the gate. All receive in order, so messages are complete in order too.
    private void Arrived(long number)
    {
        if (--_missing[number % settings.Depth] == 0)
        {
            _complete++;
        }
    }

    private void Check(WebSocketMessage message, long number, long began, long now)
    {
        if (_payloads.Matches(message, SenderNumber, number))
        {
            tally.Done(began, now);
        }
        else
        {
            tally.Wrong("wrong delivery", _payloads.Difference(message, SenderNumber, number));
        }
    }

    private void Unasked() => tally.Error("message nobody asked for");

    private void Lost(long messages)
    {
        if (messages > 0)
        {
            tally.Error("not delivered", messages);
        }
    }

    /// <summary>Drops what the server sends back to the sender.</summary>
    private sealed class Sender : IReceiver
    {
        public void Received(WebSocketMessage message, long now)
        {
        }

        public void Ended()
        {
        }
    }

    private sealed class Receiver(BroadcastWorkload run) : IReceiver
    {
        private long _next;

        public void Received(WebSocketMessage message, long now)
        {
            long began, number = _next;
            lock (run._gate)
            {
                if (number == run._sent)
                {
                    run.Unasked();
                    return;
                }

                began = run._began[number % run._began.Length];
                _next++;
                run.Arrived(number);
                run.Send();
            }

            run.Check(message, number, began, now);
        }

        public void Ended()
        {
            lock (run._gate)
            {
                run._receivers--;
                run.Lost(run._sent - _next);
                while (_next < run._sent)
                {
                    run.Arrived(_next++);
                }

                run.Send();
            }
        }
    }
}
