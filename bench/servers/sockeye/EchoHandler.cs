namespace Sockeye.Bench;

internal sealed class EchoHandler(bool releasesHeads = false) : WebSocketHandler
{
    public override void OnOpen(WebSocketConnection connection)
    {
        if (releasesHeads)
        {
            connection.ReleaseHeads();
        }
    }

    public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
    {
        if (!connection.TrySend(payload, type))
        {
            throw new InvalidOperationException("An echo did not fit the backlog: the measurement is void.");
        }
    }
}
