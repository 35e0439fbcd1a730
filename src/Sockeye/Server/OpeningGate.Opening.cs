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
    private Answered? _answer;
    private byte[]? _key3;
    private TaskCompletionSource<WebSocketConnection>? _opening;

    // With the lock held.
    private WebSocketConnection Make()
    {
        _state = State.Opened;
        var core = new ConnectionCore(_link, _outbox, Role.Server, _keeper.Options, _keeper.Logger, ConnectionIds.Next(), _dialect, _deflate);
        _opened = core;
        return new WebSocketConnection(core, _request!.Head, _answer!.Head)
        {
            SubProtocol = _answer.SubProtocol,
            Extensions = _extensions,
            UserState = _answer.UserState,
            Key3 = _key3,
        };
    }

    private void Enter(WebSocketConnection connection)
    {
        _clock.Cancel(this);
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
    private bool TryAnswerKey()
    {
        if (_dialect.Handshake != HandshakeKind.Challenge)
        {
            return true;
        }

        if (_behind.Length < ChallengeKeys.KeyBytes)
        {
            return false;
        }

        _key3 = _behind[..ChallengeKeys.KeyBytes];
        byte[] answer = Hixie76Handshake.Answer(_request!.Head, _key3);
        _behind = _behind[ChallengeKeys.KeyBytes..];
        lock (_outbox.Door)
        {
            _outbox.AppendRaw(answer);
        }

        return true;
    }

    // With the lock held.
    private Task<WebSocketConnection> AwaitKey()
    {
        _state = State.AwaitingKey;
        _opening = new TaskCompletionSource<WebSocketConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        _outbox.Flush();
        _link.ResumeReading();
        return _opening.Task;
    }

    private void ReadKey(ReadOnlySpan<byte> bytes)
    {
        WebSocketConnection connection;
        lock (_lock)
        {
            if (_state != State.AwaitingKey)
            {
                return;
            }

            _behind = [.. _behind, .. bytes];
            if (!TryAnswerKey())
            {
                return;
            }

            _link.PauseReading(); // until the connection takes over
            connection = Make();
        }

        Enter(connection);
        _opening!.TrySetResult(connection);
    }

    private void KeyNeverCame()
    {
        if (_opening?.TrySetException(new InvalidOperationException("The client has gone.")) == true)
        {
            _ = _opening.Task.Exception; // nobody has to wait for it
        }
    }

    private sealed record Answered(byte[] Head, string? SubProtocol, object? UserState);
}
