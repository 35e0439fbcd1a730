using System.Threading.Tasks.Sources;
using Sockeye.Transports;

namespace Sockeye.Connections;

/// <summary>The side of the receiver, who waits without a task of his own.</summary>
internal sealed partial class Inbox : IValueTaskSource<WebSocketMessage>
{
    /// <summary>The next message, or piece of one, or the news of the end.</summary>
    public ValueTask<WebSocketMessage> ReceiveAsync(bool piece, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MessageBuffer? found;
        bool resume, renew;
        lock (this)
        {
            if (_waiting)
            {
                throw new InvalidOperationException(
                    "Another receive is pending on this connection. Await it first: one receive at a time.");
            }

            ReleaseCurrent();
            _wantsPieces = piece; // who waits for a whole message needs all of it, however large
            found = TakeReady(piece);
            if (found is null && _ended)
            {
                return ValueTask.FromResult(WebSocketMessage.Closed);
            }

            if (found is null)
            {
                _waiter.Reset();
                (_waiting, _waitsForPiece, _waitToken) = (true, piece, cancellationToken);
            }

            renew = found is null || --_burst < 0;
            _burst = renew ? _ready : _burst;
            resume = ReadsOn();
        }

        if (resume)
        {
            owner.ResumeReading();
        }

        if (renew)
        {
            Cork.Renew(); // what comes while the burst is answered is another one: answers wait for no later messages
        }

        if (found is not null)
        {
            return ValueTask.FromResult(new WebSocketMessage(found));
        }

        short version = _waiter.Version;
        if (cancellationToken.CanBeCanceled)
        {
            RegisterCancellation(cancellationToken);
        }

        owner.ReceiverIdle();
        return new ValueTask<WebSocketMessage>(this, version);
    }

    WebSocketMessage IValueTaskSource<WebSocketMessage>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<WebSocketMessage>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<WebSocketMessage>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private void RegisterCancellation(CancellationToken cancellationToken)
    {
        var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Inbox)state!).Cancel(token), this);
        lock (this)
        {
            if (_waiting && _waitToken == cancellationToken)
            {
                _cancellation = registration;
                return;
            }
        }

        registration.Unregister(); // it was over before it was registered
    }

    // A callback that comes too late for its own receive finds no waiting one with its token: a receive with a token
    // that was cancelled already never begins to wait.
    private void Cancel(CancellationToken token)
    {
        lock (this)
        {
            if (!_waiting || _waitToken != token)
            {
                return;
            }

            _waiting = false;
        }

        _waiter.RunContinuationsAsynchronously = true;
        _waiter.SetException(new OperationCanceledException(token));
    }
}
