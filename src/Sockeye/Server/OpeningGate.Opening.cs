using Sockeye.Connections;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Handshake;

namespace Sockeye.Server;

/// <summary>
/// The way from the decision to the open connection, and what hixie-76 adds to it: eight bytes behind the request's head, sixteen
/// behind the answer's. Proxies hold the eight back until they have seen the answer's head, so that leaves without waiting for
/// them; the deadline of the opening counts on.
/// </summary>
internal sealed partial class OpeningGate
{
    private AwaitedKey? _awaited;

    /// <summary>What the application is asked about.</summary>
    public OpeningRequest ToRequest() =>
        new(_head!, _link.RemoteEndPoint, _link.LocalEndPoint, _link.IsSecure, _offered, _subProtocol);

    /// <summary>Opens the connection. The answer leaves at once; the task completes when the dialect's handshake is over.</summary>
    public Task<WebSocketConnection> OpenAsync(OpeningDecision decision)
    {
        var connection = Open(decision, out var opening);
        return opening ?? Task.FromResult(connection!);
    }

    /// <summary>Opens the connection.</summary>
    /// <param name="decision">What the application says to it.</param>
    /// <param name="opening">The connection to be, if a part of the client's handshake is still to come.</param>
    public WebSocketConnection? Open(OpeningDecision decision, out Task<WebSocketConnection>? opening)
    {
        opening = null;
        WebSocketConnection connection;
        lock (this)
        {
            ThrowIfAnswered();
            string? subProtocol = decision.SubProtocol ?? _subProtocol;
            if (subProtocol is not null && subProtocol != _subProtocol && !_offered.Contains(subProtocol))
            {
                throw new ArgumentException($"The client did not offer the subprotocol '{subProtocol}'.", nameof(decision));
            }

            var head = DialectHandshake.WriteResponse(_dialect, _head!, _link.IsSecure, subProtocol, _extensions, decision.Headers).Finish();
            object response = decision.Headers.Count == 0 ? WebSocketConnection.StandardResponse : head.ToArray();
            _subProtocol = subProtocol;
            lock (_outbox.Door)
            {
                _outbox.AppendRaw(head);
            }

            if (!TryAnswerKey(out byte[]? key3))
            {
                opening = AwaitKey(response, decision.UserState);
                return null;
            }

            connection = Make(response, decision.UserState, key3);
        }

        Enter(connection);
        return connection;
    }

    // With the lock held.
    private WebSocketConnection Make(object response, object? userState, byte[]? key3)
    {
        _state = State.Opened;
        var core = new ConnectionCore(_link, _outbox, Role.Server, _keeper.Options, _keeper.Logger, ConnectionIds.Next(), _dialect, _deflate);
        _opened = core;
        return new WebSocketConnection(core, _head, response)
        {
            SubProtocol = _subProtocol,
            Extensions = _extensions,
            UserState = userState,
            Key3 = key3,
        };
    }

    private void Enter(WebSocketConnection connection)
    {
        _keeper.Clock.Cancel(this);
        Activity?.SetTag("sockeye.subprotocol", connection.SubProtocol);
        Activity?.SetTag("sockeye.dialect", _dialect.Label);
        Activity?.Stop();
        _keeper.Opened(this, connection);
        HandOver(connection.Core);
        _keeper.Run(this, connection);
    }

    private void HandOver(ConnectionCore core)
    {
        _outbox.Flush();
        core.Start();
        core.Intake.TakeOver(_behind);
        _behind = [];
    }

    /// <summary>Queues what follows the answer's head; false if the client's bytes for it are not there. With the lock held.</summary>
    private bool TryAnswerKey(out byte[]? key3)
    {
        key3 = null;
        if (_dialect.Handshake != HandshakeKind.Challenge)
        {
            return true;
        }

        if (_behind.Length < ChallengeKeys.KeyBytes)
        {
            return false;
        }

        key3 = _behind[..ChallengeKeys.KeyBytes];
        byte[] answer = Hixie76Handshake.Answer(_head!, key3);
        _behind = _behind[ChallengeKeys.KeyBytes..];
        lock (_outbox.Door)
        {
            _outbox.AppendRaw(answer);
        }

        return true;
    }

    // With the lock held.
    private Task<WebSocketConnection> AwaitKey(object response, object? userState)
    {
        _state = State.AwaitingKey;
        _awaited = new AwaitedKey(response, userState);
        _outbox.Flush();
        _link.ResumeReading();
        return _awaited.Task;
    }

    private void ReadKey(ReadOnlySpan<byte> bytes)
    {
        WebSocketConnection connection;
        lock (this)
        {
            if (_state != State.AwaitingKey)
            {
                return;
            }

            _behind = [.. _behind, .. bytes];
            if (!TryAnswerKey(out byte[]? key3))
            {
                return;
            }

            _link.PauseReading(); // until the connection takes over
            connection = Make(_awaited!.Response, _awaited.UserState, key3);
        }

        Enter(connection);
        _awaited!.TrySetResult(connection);
    }

    private void KeyNeverCame()
    {
        if (_awaited?.TrySetException(new InvalidOperationException("The client has gone.")) == true)
        {
            _ = _awaited.Task.Exception; // nobody has to wait for it
        }
    }

    /// <summary>The opening that the rest of a client's key is still to come for, and what the connection is then made with.</summary>
    private sealed class AwaitedKey(object response, object? userState)
        : TaskCompletionSource<WebSocketConnection>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public object Response { get; } = response;

        public object? UserState { get; } = userState;
    }
}
