using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>Connections that are only there: each is pinged now and then, and what comes is dropped.</summary>
internal sealed class IdleWorkload(BenchSettings settings, Dialer dialer, Tally tally) : IWorkload
{
    private static readonly TimeSpan s_pingEvery = TimeSpan.FromSeconds(10);

    private readonly ConnectionGroup _group = new(dialer, tally);
    private readonly WebSocketConnection?[] _connections = new WebSocketConnection?[settings.Connections];
    private readonly long[] _pings = new long[settings.Connections];
    private readonly CancellationTokenSource _stop = new();
    private Schedule? _schedule;
    private long _sent, _inFlight, _pingsReceived, _liveAtEnd;

    public string Unit => "pings answered";

    public int Live => _group.Live;

    public bool IsOver => _group.Live == 0;

    public IEnumerable<(string Name, long Value)> Figures =>
        [("opened", _group.Opened), ("live", _liveAtEnd), ("pingsSent", _sent), ("pingsReceived", _pingsReceived)];

    /// <summary>Each once in 10 s, and at least once.</summary>
    public static double RateOf(BenchSettings settings) =>
        settings.Connections / Math.Min(s_pingEvery.TotalSeconds, settings.Duration.TotalSeconds);

    public Task OpenAsync(CancellationToken stop) => _group.OpenAsync(settings.Connections, settings.Ramp, Join, stop);

    public void Start(Schedule? schedule) => _schedule = schedule;

    public void Due(int connection)
    {
        long began = _schedule!.Due(connection, _pings[connection]++);
        if (_connections[connection] is { State: ConnectionState.Open } open)
        {
            Interlocked.Increment(ref _sent);
            Interlocked.Increment(ref _inFlight);
            _ = PingAsync(open, began);
        }
    }

    public async Task FinishAsync(CancellationToken hurry)
    {
        _liveAtEnd = _group.Live;
        await Draining.UntilAsync(() => Volatile.Read(ref _inFlight) == 0, hurry);
        await _stop.CancelAsync();
        await _group.CloseAsync(hurry);
        await Draining.UntilAsync(() => Volatile.Read(ref _inFlight) == 0, hurry);
    }

    public void Dispose() => _stop.Dispose();

    private Sink Join(int index, WebSocketConnection connection)
    {
        connection.ControlFrameReceived += (_, opcode, _) =>
        {
            if (opcode == Opcode.Ping)
            {
                Interlocked.Increment(ref _pingsReceived);
            }
        };
        _connections[index] = connection;
        return Sink.Instance;
    }

    private async Task PingAsync(WebSocketConnection connection, long began)
    {
        try
        {
            await connection.PingAsync(cancellationToken: _stop.Token);
            tally.Done(began, Stopwatch.GetTimestamp());
        }
        catch (Exception e) when (e is WebSocketClosedException or OperationCanceledException)
        {
            tally.Error(Tally.Unanswered);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private sealed class Sink : IReceiver
    {
        public static readonly Sink Instance = new();

        public void Received(WebSocketMessage message, long now)
        {
        }

        public void Ended()
        {
        }
    }
}
