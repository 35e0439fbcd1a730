namespace Sockeye;

/// <summary>Handlers for servers in other forms than a task for each connection.</summary>
/// <example>
/// <code>
/// await WebSocketServer.StartAsync("ws://127.0.0.1:8080", WebSocketHandlers.Replying(message => $"{message}, meow."));
/// </code>
/// </example>
public static class WebSocketHandlers
{
    /// <summary>A message in, an answer out, or none. Control frames are not shown to it.</summary>
    /// <param name="reply">
    /// Answers a message, whose bytes live until it returns and, if they are the answer, until that is sent. It must not block.
    /// </param>
    public static Func<WebSocketConnection, Task> Replying(Func<WebSocketMessage, WebSocketReply> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return async connection =>
        {
            await foreach (var message in ((IAsyncEnumerable<WebSocketMessage>)connection).ConfigureAwait(false))
            {
                if (message.Type is MessageType.Text or MessageType.Binary)
                {
                    await reply(message).SendAsync(connection).ConfigureAwait(false);
                }
            }
        };
    }

    /// <summary>A message in, an answer out, or none, by a handler that may await and that knows the connection.</summary>
    /// <param name="reply">Answers a message, whose bytes live until the answer is sent. The next message waits for that.</param>
    public static Func<WebSocketConnection, Task> Replying(Func<WebSocketConnection, WebSocketMessage, ValueTask<WebSocketReply>> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return async connection =>
        {
            await foreach (var message in ((IAsyncEnumerable<WebSocketMessage>)connection).ConfigureAwait(false))
            {
                if (message.Type is MessageType.Text or MessageType.Binary)
                {
                    var answer = await reply(connection, message).ConfigureAwait(false);
                    await answer.SendAsync(connection).ConfigureAwait(false);
                }
            }
        };
    }

    /// <summary>
    /// A handler that blocks: <see cref="WebSocketConnection.Receive"/>, <see cref="WebSocketConnection.Send(string, TimeSpan?)"/>, anything. It gets a thread
    /// of its own for each connection, so that it holds up neither an event loop nor the thread pool.
    /// </summary>
    /// <param name="handler">Runs for each open connection. When it returns, the connection is closed with 1000; when it throws, with 1011.</param>
    public static Func<WebSocketConnection, Task> Blocking(Action<WebSocketConnection> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return connection => Task.Factory.StartNew(
            () => handler(connection),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
    }
}
