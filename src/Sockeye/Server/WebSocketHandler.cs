namespace Sockeye;

/// <summary>
/// A handler that sees each message where it was received, without a copy, a task or an allocation: the cheapest way to serve.
/// </summary>
/// <remarks>
/// Its methods are called on the thread that reads, one after the other for one connection, and hold up whatever else that thread reads:
/// they must not block. They cannot await; reply with <see cref="WebSocketConnection.TrySend(ReadOnlySpan{byte}, MessageType, MessageFlags)"/>.
/// When more than half of a connection's send backlog is in use, nothing more is read from it until all of it is written: replies of up to half of
/// <see cref="WebSocketOptions.SendBacklogBytes"/> fit.
/// What they throw closes the connection with 1011 and is logged.
/// </remarks>
public abstract class WebSocketHandler
{
    /// <summary>A connection is open. Nothing has been received yet.</summary>
    /// <param name="connection">The connection, to send on and to keep.</param>
    public virtual void OnOpen(WebSocketConnection connection)
    {
    }

    /// <summary>A whole message arrived.</summary>
    /// <param name="connection">Where it arrived.</param>
    /// <param name="payload">Its bytes, until the call ends. Text is valid UTF-8.</param>
    /// <param name="type">Text or binary.</param>
    public abstract void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type);

    /// <summary>The connection has ended: nothing follows.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="result">How it ended.</param>
    public virtual void OnClose(WebSocketConnection connection, CloseResult result)
    {
    }
}
