namespace Sockeye.Cli.Benching;

/// <summary>Messages that must come back as they were.</summary>
internal sealed class EchoWorkload(BenchSettings settings, Dialer dialer, Tally tally) : IWorkload
{
    private readonly Payloads _payloads = new(settings.Size, settings.IsText);
    private readonly ConnectionGroup _group = new(dialer, tally);
    private readonly EchoLane?[] _lanes = new EchoLane?[settings.Connections];

    public string Unit => "messages";

    public int Live => _group.Live;

    public bool IsOver => _group.Live == 0;

    public IEnumerable<(string Name, long Value)> Figures =>
        settings.Rate is null ? [("opened", _group.Opened)] : [("opened", _group.Opened), ("dueButUnsent", _lanes.Sum(lane => lane?.Unsent ?? 0))];

    public Task OpenAsync(CancellationToken stop) => _group.OpenAsync(
        settings.Connections,
        settings.Ramp,
        (index, connection) => _lanes[index] = new EchoLane(index, connection, _payloads, tally, settings.Depth),
        stop);

    public void Start(Schedule? schedule)
    {
        foreach (var lane in _lanes)
        {
            lane?.Start(schedule);
        }
    }

    public void Due(int connection) => _lanes[connection]?.Due();

    public async Task FinishAsync(CancellationToken hurry)
    {
        foreach (var lane in _lanes)
        {
            lane?.Stop();
        }

        await Draining.UntilAsync(() => _lanes.All(lane => lane is null || lane.InFlight == 0), hurry);
        await _group.CloseAsync(hurry);
    }
}
