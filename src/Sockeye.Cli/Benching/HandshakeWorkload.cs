using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>Connects, closes, and again. The time is that until the connection is open.</summary>
internal sealed class HandshakeWorkload(BenchSettings settings, Dialer dialer, Tally tally) : IWorkload
{
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim[] _due = [.. Enumerable.Range(0, settings.Connections).Select(_ => new SemaphoreSlim(0))];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _workers = [];
    private int _live;
    private long _opened, _failed;

    public string Unit => "handshakes";

    public int Live => Volatile.Read(ref _live);

    public bool IsOver => Volatile.Read(ref _opened) == 0 && Volatile.Read(ref _failed) >= settings.Connections;

    public IEnumerable<(string Name, long Value)> Figures => [("opened", _opened)];

    public Task OpenAsync(CancellationToken stop) => Task.CompletedTask;

    public void Start(Schedule? schedule)
    {
        for (int i = 0; i < settings.Connections; i++)
        {
            int index = i;
            _workers.Add(Task.Run(() => WorkAsync(index, schedule)));
        }
    }

    public void Due(int connection) => _due[connection].Release();

    public async Task FinishAsync(CancellationToken hurry)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_workers); // a close takes 2 s at most
    }

    public void Dispose()
    {
        foreach (var due in _due)
        {
            due.Dispose();
        }

        _stop.Dispose();
    }

    private async Task WorkAsync(int index, Schedule? schedule)
    {
        try
        {
            for (long number = 0; !_stop.IsCancellationRequested; number++)
            {
                if (schedule is not null)
                {
                    await _due[index].WaitAsync(_stop.Token);
                }

                await OnceAsync(schedule?.Due(index, number) ?? Stopwatch.GetTimestamp());
            }
        }
        catch (Exception e) when (e is not ProgramException && _stop.IsCancellationRequested)
        {
            // The end of the run, perhaps in the middle of an attempt.
        }
    }

    private async Task OnceAsync(long began)
    {
        WebSocketConnection connection;
        try
        {
            connection = await dialer.OpenAsync(_stop.Token);
        }
        catch (ProgramException)
        {
            Interlocked.Increment(ref _failed);
            throw;
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            tally.Error(Dialer.KindOf(e));
            Interlocked.Increment(ref _failed);
            await Task.Delay(s_pauseAfterFailure, _stop.Token);
            return;
        }

        tally.Done(began, Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _opened);
        Interlocked.Increment(ref _live);
        var how = await connection.CloseAsync(cancellationToken: CancellationToken.None);
        Interlocked.Decrement(ref _live);
        if (how is not { IsClean: true, Code: CloseCode.Normal })
        {
            tally.Closed(how);
        }

        await connection.DisposeAsync();
    }
}
