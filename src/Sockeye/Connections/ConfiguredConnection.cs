using System.Runtime.CompilerServices;

namespace Sockeye;

/// <summary>A connection whose <c>await foreach</c> and <c>await using</c> go on where <see cref="WebSocketConnection.ConfigureAwait"/> said.</summary>
public readonly struct ConfiguredConnection
{
    private readonly WebSocketConnection _connection;
    private readonly bool _continueOnCapturedContext;

    internal ConfiguredConnection(WebSocketConnection connection, bool continueOnCapturedContext) =>
        (_connection, _continueOnCapturedContext) = (connection, continueOnCapturedContext);

    /// <summary>The messages, as <see cref="WebSocketConnection.GetAsyncEnumerator"/> has them.</summary>
    public ConfiguredCancelableAsyncEnumerable<WebSocketMessage>.Enumerator GetAsyncEnumerator() => WithCancellation(default).GetAsyncEnumerator();

    /// <summary>The messages; the wait for one can be ended.</summary>
    /// <param name="cancellationToken">Ends the wait for a message with <see cref="OperationCanceledException"/>.</param>
    public ConfiguredCancelableAsyncEnumerable<WebSocketMessage> WithCancellation(CancellationToken cancellationToken) =>
        ((IAsyncEnumerable<WebSocketMessage>)_connection).WithCancellation(cancellationToken).ConfigureAwait(_continueOnCapturedContext);

    /// <summary>Closes the connection, as <see cref="WebSocketConnection.DisposeAsync"/> does.</summary>
    public ConfiguredValueTaskAwaitable DisposeAsync() => _connection.DisposeAsync().ConfigureAwait(_continueOnCapturedContext);
}
