namespace Sockeye.Cli.Serving;

/// <summary>Relays each text to all connected, the sender included, in one order for everybody.</summary>
internal sealed class ChatRoom
{
    private readonly HashSet<WebSocketConnection> _members = [];
    private readonly Lock _lock = new();

    public async Task RunAsync(WebSocketConnection connection)
    {
        lock (_lock)
        {
            _members.Add(connection);
        }

        try
        {
            await foreach (var message in connection)
            {
                if (message.Type != MessageType.Text)
                {
                    await connection.CloseAsync(CloseCode.UnsupportedData, "the chat relays text only");
                    return;
                }

                Relay(message.Span);
            }
        }
        finally
        {
            lock (_lock)
            {
                _members.Remove(connection);
            }
        }
    }

    private void Relay(ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            foreach (var member in _members)
            {
                // Never waits: who does not keep up is closed by the policy of the server.
                member.TrySend(text, MessageType.Text);
            }
        }
    }
}
