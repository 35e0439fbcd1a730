using Sockeye.Connections;

namespace Sockeye;

// For scripts and threads: calls that wait where they are, and questions that do not wait. Any number of threads may call at once.
public sealed partial class WebSocketConnection
{
    private Lock? _blockingReceive;

    /// <summary>Whether a complete message is here that was not received yet.</summary>
    public bool IsMessageBuffered => _core.Sink is null && _core.Inbox.ReadyCount > 0;

    /// <summary>Whether something of a message is here that was not received yet, if only its beginning (<see cref="ReceivePieceAsync"/>).</summary>
    public bool IsDataPending => _core.Sink is null && _core.Inbox.HasBytes;

    /// <summary>Whether a receive would wait: there is no complete message, and the connection has not ended.</summary>
    public bool ReceiveWouldWait => _core.Sink is null && _core.Inbox.WouldWait;

    /// <summary>Sends a text message, and waits until that is done as <see cref="SendAsync(string, CancellationToken)"/> does.</summary>
    /// <inheritdoc cref="Send(ReadOnlyMemory{byte}, MessageType, TimeSpan?)"/>
    /// <param name="text">The text; unpaired surrogates are sent as U+FFFD.</param>
    /// <param name="timeout">How long the message may wait for its turn; by default until the peer is given up.</param>
    public void Send(string text, TimeSpan? timeout = null) => Send(token => SendAsync(text, token), timeout);

    /// <summary>Sends a message, and waits until that is done as <see cref="SendAsync(ReadOnlyMemory{byte}, MessageType, CancellationToken)"/> does.</summary>
    /// <param name="payload">The bytes; of a text message, valid UTF-8.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="timeout">How long the message may wait for its turn; by default until the peer is given up.</param>
    /// <exception cref="WebSocketClosedException">The connection is closing or closed.</exception>
    /// <exception cref="TimeoutException">The peer takes too little; the message was withdrawn, and the connection stays usable.</exception>
    /// <exception cref="ArgumentException">A text's bytes are not valid UTF-8, the type is no message's, or the time makes no sense.</exception>
    /// <exception cref="NotSupportedException">The message is binary and the dialect has text only.</exception>
    public void Send(ReadOnlyMemory<byte> payload, MessageType type = MessageType.Binary, TimeSpan? timeout = null) =>
        Send(token => SendAsync(payload, type, token), timeout);

    /// <summary>Sends a received message as it is, and waits until that is done.</summary>
    /// <inheritdoc cref="Send(ReadOnlyMemory{byte}, MessageType, TimeSpan?)"/>
    /// <param name="message">A message that is still alive.</param>
    /// <param name="timeout">How long the message may wait for its turn; by default until the peer is given up.</param>
    public void Send(WebSocketMessage message, TimeSpan? timeout = null) => Send(token => SendAsync(message, token), timeout);

    /// <summary>Waits for the next message, or the news that the connection is closed (<see cref="WebSocketMessage.IsClose"/>).</summary>
    /// <remarks>
    /// Threads that receive at the same time get one message each. Unlike that of <see cref="ReceiveAsync"/>, a message lives as long as it is kept.
    /// </remarks>
    /// <exception cref="InvalidOperationException">A <see cref="ReceiveAsync"/> is pending.</exception>
    public WebSocketMessage Receive()
    {
        TryReceive(Timeout.InfiniteTimeSpan, out var message);
        return message;
    }

    /// <summary>Waits for the next message as <see cref="Receive"/> does, but not for longer than some time.</summary>
    /// <param name="timeout">How long; zero takes what is there.</param>
    /// <param name="message">The message, or the news that the connection is closed.</param>
    /// <returns>Whether there is one. No message is lost otherwise.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or more than 24 days.</exception>
    /// <exception cref="InvalidOperationException">A <see cref="ReceiveAsync"/> is pending.</exception>
    public bool TryReceive(TimeSpan timeout, out WebSocketMessage message)
    {
        if (timeout != TimeSpan.Zero)
        {
            WebSocketOptions.CheckTime(timeout, nameof(timeout));
        }

        message = default;
        long start = _core.Clock.GetTimestamp();
        var mine = _blockingReceive ?? Interlocked.CompareExchange(ref _blockingReceive, new Lock(), null) ?? _blockingReceive;
        if (!mine.TryEnter(timeout))
        {
            return false;
        }

        try
        {
            var left = timeout < TimeSpan.Zero ? timeout : timeout - _core.Clock.GetElapsedTime(start);
            return TryReceiveAlone(left, out message);
        }
        finally
        {
            mine.Exit();
        }
    }

    /// <summary>Closes the connection as <see cref="CloseAsync"/> does, and waits for its end.</summary>
    /// <param name="code">1000 to 1003, 1007 to 1014, 3000 to 4999, or <see cref="CloseCode.NoCode"/> for an empty close frame.</param>
    /// <param name="reason">At most 123 bytes of UTF-8.</param>
    /// <param name="timeout">The time after which the link is cut, if that is to be before <see cref="WebSocketOptions.CloseTimeout"/>.</param>
    /// <returns>How the connection ended.</returns>
    /// <exception cref="ArgumentException">The code must not be sent, or the reason is too long, or there is a reason without a code.</exception>
    /// <exception cref="NotSupportedException">The dialect has no such code: of the 2010 dialects, any but 1000; and no reasons.</exception>
    public CloseResult Close(CloseCode code = CloseCode.Normal, string reason = "", TimeSpan? timeout = null)
    {
        using var limit = Limit(timeout);
        var closing = CloseAsync(code, reason);
        using (limit?.Token.UnsafeRegister(static connection => ((WebSocketConnection)connection!).Abort(), this) ?? default)
        {
            return closing.GetAwaiter().GetResult();
        }
    }

    private bool TryReceiveAlone(TimeSpan timeout, out WebSocketMessage message)
    {
        message = default;
        if (timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
        {
            if (ReceiveWouldWait)
            {
                return false;
            }

            timeout = Timeout.InfiniteTimeSpan; // which is no time at all
        }

        using var limit = Limit(timeout);
        try
        {
            message = ReceiveAsync(limit?.Token ?? default).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        _core.Inbox.GiveAway();
        return true;
    }

    private void Send(Func<CancellationToken, ValueTask> send, TimeSpan? timeout)
    {
        using var limit = Limit(timeout);
        try
        {
            var sending = send(limit?.Token ?? default);
            if (!sending.IsCompletedSuccessfully)
            {
                sending.AsTask().GetAwaiter().GetResult();
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The peer did not make room for the message within {timeout!.Value.TotalSeconds:0.###} s.", e);
        }
    }

    private CancellationTokenSource? Limit(TimeSpan? timeout)
    {
        if (timeout is not { } time)
        {
            return null;
        }

        WebSocketOptions.CheckTime(time, nameof(timeout));
        return time == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(time, _core.Clock);
    }
}
