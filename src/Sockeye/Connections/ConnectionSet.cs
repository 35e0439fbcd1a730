using System.Collections;
using Sockeye.Connections;
using Sockeye.Transports;

namespace Sockeye;

/// <summary>
/// Live connections that belong together: a room, a topic, everybody. A connection leaves by itself when it ends.
/// </summary>
/// <remarks>
/// Any number of threads may use it at once. Looking through it, and broadcasting, see the members of one moment and hold nobody up.
/// </remarks>
/// <example>
/// <code>
/// var room = new ConnectionSet();
/// await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:8080", async connection =>
/// {
///     room.Add(connection);
///     await foreach (var message in connection)
///         room.Broadcast(message.Span, message.Type, except: connection);
/// });
/// </code>
/// </example>
public sealed class ConnectionSet : IReadOnlyCollection<WebSocketConnection>
{
    /// <summary>How many members ahead the processor is told of the next ones: thousands of them do not fit its caches.</summary>
    private const int LookAhead = 6;

    private const int ToldAfter = 64;

    private readonly Dictionary<ConnectionCore, WebSocketConnection> _members = [];
    private readonly Lock _lock = new();
    private readonly Action<ConnectionCore> _leave;

    /// <summary>The doors of the members as they are, until somebody comes or goes; it never changes. Made for who sends first after that.</summary>
    private Outbox[]? _doors;
    private WebSocketConnection[]? _snapshot;

    /// <summary>Makes an empty set.</summary>
    public ConnectionSet() => _leave = core => TryRemove(core);

    /// <summary>How many connections are in it.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _members.Count;
            }
        }
    }

    /// <summary>Adds a connection, until it ends or is removed.</summary>
    /// <param name="connection">An open connection.</param>
    /// <returns>Whether it was added: false if it is in already, or has ended.</returns>
    public bool Add(WebSocketConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        lock (_lock)
        {
            if (!_members.TryAdd(connection.Core, connection))
            {
                return false;
            }

            if (!connection.Core.TryJoinEnd(_leave))
            {
                _members.Remove(connection.Core);
                return false;
            }

            (_doors, _snapshot) = (null, null);
            return true;
        }
    }

    /// <summary>Removes a connection, which stays open.</summary>
    /// <param name="connection">A connection.</param>
    /// <returns>Whether it was in the set.</returns>
    public bool Remove(WebSocketConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return TryRemove(connection.Core);
    }

    /// <summary>Whether a connection is in the set.</summary>
    /// <param name="connection">A connection.</param>
    public bool Contains(WebSocketConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        lock (_lock)
        {
            return _members.ContainsKey(connection.Core);
        }
    }

    /// <summary>Sends a text message to every member.</summary>
    /// <inheritdoc cref="Broadcast(PreparedMessage, WebSocketConnection?)"/>
    /// <param name="text">The text; unpaired surrogates are sent as U+FFFD.</param>
    /// <param name="except">Who is left out; the sender, most likely.</param>
    public int Broadcast(string text, WebSocketConnection? except = null) => Broadcast(new PreparedMessage(text), except);

    /// <summary>Sends a message to every member.</summary>
    /// <inheritdoc cref="Broadcast(PreparedMessage, WebSocketConnection?)"/>
    /// <param name="payload">The bytes; of a text message, valid UTF-8.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="except">Who is left out; the sender, most likely.</param>
    /// <exception cref="ArgumentException">A text's bytes are not valid UTF-8, or the type is no message's.</exception>
    public int Broadcast(ReadOnlySpan<byte> payload, MessageType type, WebSocketConnection? except = null) =>
        Broadcast(new PreparedMessage(payload, type), except);

    /// <summary>Sends a message to every member.</summary>
    /// <remarks>
    /// It is encoded once, and nobody waits for a slow member: to whom it does not fit, <see cref="WebSocketOptions.SlowPeer"/> decides. With
    /// <see cref="SlowPeerPolicy.Close"/> that member is closed, else it misses the message. Messages of one caller arrive in the order of
    /// its calls; so that all members see the messages of several callers in one order, let one broadcast at a time.
    /// </remarks>
    /// <param name="message">The message.</param>
    /// <param name="except">Who is left out; the sender, most likely.</param>
    /// <returns>How many took it. Who speaks a dialect without binary messages takes none of those.</returns>
    public int Broadcast(PreparedMessage message, WebSocketConnection? except = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var ownWork = Cork.Mine.OwnWork;
        ownWork?.Invoke(true);
        var (doors, left) = (Doors(), except?.Core.Outbox);
        int sent = 0;
        for (int i = 0; i < doors.Length; i++)
        {
            doors[Math.Min(i + LookAhead, doors.Length - 1)].Prefetch();
            var door = doors[i];
            bool takes = door != left && (message.Type == MessageType.Text || door.TakesBinary);
            sent += takes && Sender.TrySend(door, message) ? 1 : 0;
            if (i % ToldAfter == ToldAfter - 1)
            {
                ownWork?.Invoke(false);
            }
        }

        ownWork?.Invoke(false);
        return sent;
    }

    /// <summary>The members of this moment.</summary>
    public IEnumerator<WebSocketConnection> GetEnumerator()
    {
        lock (_lock)
        {
            return ((IEnumerable<WebSocketConnection>)(_snapshot ??= [.. _members.Values])).GetEnumerator();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Outbox[] Doors()
    {
        if (Volatile.Read(ref _doors) is { } current)
        {
            return current;
        }

        lock (_lock)
        {
            return _doors ??= [.. _members.Keys.Select(static core => core.Outbox)];
        }
    }

    private bool TryRemove(ConnectionCore core)
    {
        lock (_lock)
        {
            if (!_members.Remove(core))
            {
                return false;
            }

            core.LeaveEnd(_leave);
            (_doors, _snapshot) = (null, null);
            return true;
        }
    }
}
