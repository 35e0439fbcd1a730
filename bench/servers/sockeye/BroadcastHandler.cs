namespace Sockeye.Bench;

/// <summary>Sends each message to everybody.</summary>
internal sealed class BroadcastHandler : WebSocketHandler
{
    private readonly ConnectionSet _subscribers = new();

    public override void OnOpen(WebSocketConnection connection) => _subscribers.Add(connection);

    public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type) =>
        _subscribers.Broadcast(payload, type);
}
