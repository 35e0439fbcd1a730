using Sockeye.Connections;

namespace Sockeye.Styles;

/// <summary>Counts bytes of payload that were sent and are not with the kernel yet, without the heads of their frames.</summary>
internal sealed class SentAmount
{
    private readonly Queue<(long End, int Length)> _waiting = new();
    private long _dropped;

    /// <summary>Counts a message that nobody will get.</summary>
    public void Drop(int length)
    {
        lock (_waiting)
        {
            _dropped += length;
        }
    }

    /// <summary>Counts a message that has just been sent.</summary>
    public void Add(WebSocketConnection connection, int length)
    {
        lock (_waiting)
        {
            var (written, backlog) = Look(connection);
            Forget(written);
            if (backlog > 0)
            {
                _waiting.Enqueue((written + backlog, length));
            }
        }
    }

    public long Unsent(WebSocketConnection? connection)
    {
        lock (_waiting)
        {
            long written = connection is null ? 0 : Look(connection).Written;
            Forget(written);
            long unsent = _dropped;
            foreach (var (end, length) in _waiting)
            {
                unsent += Math.Min(length, end - written);
            }

            return unsent;
        }
    }

    private static (long Written, long Backlog) Look(WebSocketConnection connection)
    {
        lock (connection.Core.Outbox.Door)
        {
            return (connection.Core.Outbox.Written, connection.Core.Outbox.Backlog);
        }
    }

    private void Forget(long written)
    {
        while (_waiting.TryPeek(out var first) && first.End <= written)
        {
            _waiting.Dequeue();
        }
    }
}
