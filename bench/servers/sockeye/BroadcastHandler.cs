namespace Sockeye.Bench;

/// <summary>Sends each message to everybody. The list is copied when it changes, so that sending takes no lock.</summary>
internal sealed class BroadcastHandler : WebSocketHandler
{
    private readonly Lock _gate = new();
    private WebSocketConnection[] _connections = [];

    public override void OnOpen(WebSocketConnection connection)
    {
        lock (_gate)
        {
            _connections = [.. _connections, connection];
        }
    }

    public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
    {
        foreach (WebSocketConnection subscriber in _connections)
        {
            subscriber.TrySend(payload, type);
        }
    }

    public override void OnClose(WebSocketConnection connection, CloseResult result)
    {
        lock (_gate)
        {
            _connections = [.. _connections.Where(other => other != connection)];
        }
    }
}
