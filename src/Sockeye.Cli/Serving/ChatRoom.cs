namespace Sockeye.Cli.Serving;

/// <summary>Relays each text to all connected, the sender included, in one order for everybody.</summary>
internal sealed class ChatRoom
{
    private readonly ConnectionSet _members = new();
    private readonly Lock _order = new();

    public async Task RunAsync(WebSocketConnection connection)
    {
        _members.Add(connection);
        await foreach (var message in connection)
        {
            if (message.Type != MessageType.Text)
            {
                await connection.CloseAsync(CloseCode.UnsupportedData, "the chat relays text only");
                return;
            }

            var text = new PreparedMessage(message.Span, MessageType.Text);
            lock (_order)
            {
                // Never waits: who does not keep up is closed by the policy of the server.
                _members.Broadcast(text);
            }
        }
    }
}
