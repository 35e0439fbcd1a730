namespace Sockeye.Cli.Benching;

/// <summary>What a mode does: open, start, be told what is due, finish. Called in this order.</summary>
internal interface IWorkload : IDisposable
{
    /// <summary>What is counted.</summary>
    string Unit { get; }

    /// <summary>Connections open now.</summary>
    int Live { get; }

    /// <summary>Whether nothing more can come of it.</summary>
    bool IsOver { get; }

    /// <summary>Further figures, by their names in JSON.</summary>
    IEnumerable<(string Name, long Value)> Figures { get; }

    Task OpenAsync(CancellationToken stop);

    /// <summary>Begins, as fast as it goes or, with a schedule, with what is told to be due.</summary>
    void Start(Schedule? schedule);

    /// <summary>Something of this connection is due. For one thread.</summary>
    void Due(int connection);

    /// <summary>Begins nothing more, waits a little for what is under way, and closes everything.</summary>
    Task FinishAsync(CancellationToken hurry);

    void IDisposable.Dispose()
    {
        // Most have nothing left behind the finish.
    }
}
