using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sockeye.Cli.Benching;

/// <summary>Connections that are opened one after the other, live for the whole run, and are closed together.</summary>
internal sealed class ConnectionGroup(Dialer dialer, Tally tally)
{
    private const int OpeningAtOnce = 64;

    private readonly ConcurrentBag<(WebSocketConnection Connection, Task Receiving)> _members = [];
    private volatile bool _closing;
    private int _opened, _live, _failed;

    /// <summary>Connections that were open at some time.</summary>
    public int Opened => Volatile.Read(ref _opened);

    public int Live => Volatile.Read(ref _live);

    /// <summary>Opens connections, evenly over a time or as fast as it goes; gives up when all of the first fail.</summary>
    public async Task OpenAsync(int count, TimeSpan ramp, Func<int, WebSocketConnection, IReceiver> join, CancellationToken stop)
    {
        var attempts = new List<Task>(count);
        using var places = new SemaphoreSlim(OpeningAtOnce);
        long start = Stopwatch.GetTimestamp();
        try
        {
            for (int i = 0; i < count && (Opened > 0 || Volatile.Read(ref _failed) < OpeningAtOnce); i++)
            {
                var wait = (ramp / count * i) - Stopwatch.GetElapsedTime(start);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, stop);
                }

                await places.WaitAsync(stop);
                attempts.Add(OpenAsync(i, join, places, stop));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped by a signal: what is open is closed later.
        }

        await Task.WhenAll(attempts);
    }

    /// <summary>Closes all with 1000; cuts them when that is to end at once.</summary>
    public async Task CloseAsync(CancellationToken hurry)
    {
        _closing = true;
        using var cut = hurry.Register(() =>
        {
            foreach (var (connection, _) in _members)
            {
                connection.Abort();
            }
        });
        await Task.WhenAll(_members.Select(async member =>
        {
            await member.Connection.CloseAsync(cancellationToken: CancellationToken.None);
            await member.Receiving;
            await member.Connection.DisposeAsync();
        }));
    }

    private async Task OpenAsync(int index, Func<int, WebSocketConnection, IReceiver> join, SemaphoreSlim places, CancellationToken stop)
    {
        try
        {
            var connection = await dialer.OpenAsync(stop);
            connection.ReleaseHeads();
            Interlocked.Increment(ref _opened);
            Interlocked.Increment(ref _live);
            _members.Add((connection, ReceiveAsync(connection, join(index, connection))));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Not its fault.
        }
        catch (Exception e) when (e is not ProgramException)
        {
            Interlocked.Increment(ref _failed);
            tally.Error(Dialer.KindOf(e));
        }
        finally
        {
            places.Release();
        }
    }

    private async Task ReceiveAsync(WebSocketConnection connection, IReceiver receiver)
    {
        while (await connection.ReceiveAsync() is { IsClose: false } message)
        {
            receiver.Received(message, Stopwatch.GetTimestamp());
        }

        Interlocked.Decrement(ref _live);
        if (!_closing)
        {
            tally.Closed(await connection.Closed);
        }

        receiver.Ended();
    }
}
