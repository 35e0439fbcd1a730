using System.Net;
using System.Net.Sockets;

namespace Sockeye.Client;

/// <summary>
/// Connects to a name with several addresses by trying them in turn, a little apart, until one answers (Happy Eyeballs, RFC 8305):
/// a broken IPv6 costs a quarter of a second, not a time-out.
/// </summary>
internal static class AddressRace
{
    /// <summary>The connection attempt delay (RFC 8305 §8).</summary>
    private static readonly TimeSpan s_apart = TimeSpan.FromMilliseconds(250);

    /// <summary>Connects to a host by one way of connecting to an address.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The port.</param>
    /// <param name="resolve">Finds the addresses of a name.</param>
    /// <param name="connect">One attempt.</param>
    /// <param name="undo">Takes a connection back that came second.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends all attempts.</param>
    public static async Task<T> ConnectAsync<T>(
        string host,
        int port,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        Func<EndPoint, CancellationToken, Task<T>> connect,
        Action<T> undo,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await resolve(host, cancellationToken).ConfigureAwait(false);
        var order = Order(addresses).Select(a => new IPEndPoint(a, port)).ToArray();
        return order.Length == 1
            ? await connect(order[0], cancellationToken).ConfigureAwait(false)
            : await RaceAsync(order, connect, undo, clock, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Families take turns, the first address's family first (RFC 8305 §4).</summary>
    public static IEnumerable<IPAddress> Order(IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        var firstFamily = new Queue<IPAddress>(addresses.Where(a => a.AddressFamily == addresses[0].AddressFamily));
        var secondFamily = new Queue<IPAddress>(addresses.Where(a => a.AddressFamily != addresses[0].AddressFamily));
        while (firstFamily.Count + secondFamily.Count > 0)
        {
            if (firstFamily.TryDequeue(out var a))
            {
                yield return a;
            }

            if (secondFamily.TryDequeue(out var b))
            {
                yield return b;
            }
        }
    }

    /// <summary>Starts the attempts one after the other, a little apart or when one fails; the first success wins, the rest are undone.</summary>
    public static async Task<T> RaceAsync<T>(
        IReadOnlyList<IPEndPoint> addresses,
        Func<EndPoint, CancellationToken, Task<T>> connect,
        Action<T> undo,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<T>>();
        Exception? failure = null;
        try
        {
            for (int next = 0; next < addresses.Count || running.Count > 0;)
            {
                if (next < addresses.Count)
                {
                    running.Add(connect(addresses[next++], losers.Token));
                }

                var pause = next < addresses.Count ? Task.Delay(s_apart, clock, losers.Token) : Task.Delay(Timeout.Infinite, losers.Token);
                var done = await Task.WhenAny(running.Append(pause)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (done is Task<T> attempt)
                {
                    running.Remove(attempt);
                    if (attempt.IsCompletedSuccessfully)
                    {
                        return await attempt.ConfigureAwait(false);
                    }

                    failure = attempt.Exception?.InnerException;
                }
            }
        }
        finally
        {
            await losers.CancelAsync().ConfigureAwait(false);
            foreach (var attempt in running)
            {
                _ = UndoAsync(attempt, undo);
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostUnreachable);
    }

    private static async Task UndoAsync<T>(Task<T> attempt, Action<T> undo)
    {
        try
        {
            undo(await attempt.ConfigureAwait(false));
        }
        catch (Exception)
        {
            // It lost the race; how does not matter.
        }
    }
}
