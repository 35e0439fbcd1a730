using System.Net;
using System.Net.Sockets;
using Sockeye.Client;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Client;

/// <summary>Happy Eyeballs (RFC 8305) with a clock of the test's own.</summary>
public sealed class AddressRaceTests
{
    [Fact]
    public void Families_take_turns_the_first_ones_first()
    {
        IPAddress[] addresses = [.. new[] { "::1", "::2", "1.1.1.1", "::3", "2.2.2.2" }.Select(IPAddress.Parse)];
        Assert.Equal(["::1", "1.1.1.1", "::2", "2.2.2.2", "::3"], AddressRace.Order(addresses).Select(a => a.ToString()));
        Assert.Throws<SocketException>(() => AddressRace.Order([]).ToArray());
    }

    [Fact]
    public async Task A_slow_address_is_overtaken_after_250_ms_and_undone()
    {
        var race = new Race();
        var running = race.RunAsync(3);
        await race.Until(1);
        race.Time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Single(race.Attempts);
        race.Time.Advance(TimeSpan.FromMilliseconds(1));
        await race.Until(2);
        var winner = new Thing();
        race.Attempts[1].SetResult(winner);
        Assert.Same(winner, await running.Soon());
        var late = new Thing();
        race.Attempts[0].SetResult(late);
        await Waits.Until(() => late.IsDisposed, "the loser is undone");
        Assert.False(winner.IsDisposed);
        Assert.Equal(2, race.Attempts.Count);
    }

    [Fact]
    public async Task A_failure_starts_the_next_at_once_and_the_last_failure_is_told()
    {
        var race = new Race();
        var running = race.RunAsync(2);
        await race.Until(1);
        race.Attempts[0].SetException(new SocketException((int)SocketError.ConnectionRefused));
        await race.Until(2);
        race.Attempts[1].SetException(new SocketException((int)SocketError.NetworkUnreachable));
        var error = await Assert.ThrowsAsync<SocketException>(() => running.Soon());
        Assert.Equal(SocketError.NetworkUnreachable, error.SocketErrorCode);
    }

    [Fact]
    public async Task Giving_up_ends_all_attempts()
    {
        var race = new Race();
        using var cancellation = new CancellationTokenSource();
        var running = race.RunAsync(2, cancellation.Token);
        await race.Until(1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Soon());
    }

    private sealed class Thing : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Race
    {
        public ManualTime Time { get; } = new();

        public List<TaskCompletionSource<Thing>> Attempts { get; } = [];

        public Task<Thing> RunAsync(int addresses, CancellationToken cancellationToken = default) => AddressRace.RaceAsync(
            [.. Enumerable.Range(1, addresses).Select(i => new IPEndPoint(IPAddress.Loopback, i))],
            (_, _) =>
            {
                var attempt = new TaskCompletionSource<Thing>(TaskCreationOptions.RunContinuationsAsynchronously);
                Attempts.Add(attempt);
                return attempt.Task;
            },
            static thing => thing.Dispose(),
            Time,
            cancellationToken);

        public Task Until(int attempts) => Waits.Until(() => Attempts.Count >= attempts, $"{attempts} attempts");
    }
}
