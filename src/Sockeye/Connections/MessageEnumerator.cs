using System.Threading.Tasks.Sources;

namespace Sockeye.Connections;

/// <summary>
/// A connection's messages one after the other, for <c>await foreach</c>. It passes the inbox's own waiting on: no task or state machine
/// stands between a message and the loop's body.
/// </summary>
internal sealed class MessageEnumerator(Inbox inbox, CancellationToken cancellationToken)
    : IAsyncEnumerator<WebSocketMessage>, IValueTaskSource<bool>
{
    private readonly IValueTaskSource<WebSocketMessage> _source = inbox;

    public WebSocketMessage Current { get; private set; }

    public ValueTask<bool> MoveNextAsync()
    {
        var next = inbox.ReceiveAsync(piece: false, cancellationToken);
        return next.IsCompletedSuccessfully ? new ValueTask<bool>(Take(next.Result)) : new ValueTask<bool>(this, inbox.Version);
    }

    public ValueTask DisposeAsync() => default;

    bool IValueTaskSource<bool>.GetResult(short token) => Take(_source.GetResult(token));

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private bool Take(WebSocketMessage message)
    {
        Current = message;
        return !message.IsClose;
    }
}
