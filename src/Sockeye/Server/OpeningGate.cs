using System.Diagnostics;
using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;
using Sockeye.Transports;

namespace Sockeye.Server;

/// <summary>
/// What an accepted link talks to until its connection is open, or refused: reads one request head within the limits of size and time,
/// applies the rules, asks the application, answers. Nothing behind a refused handshake is read as anything.
/// </summary>
internal sealed partial class OpeningGate : Deadline, IByteReceiver, IListed<OpeningGate>
{
    /// <summary>What a refused client may still send before the link is cut.</summary>
    private const int MaxDiscardedBytes = 256 * 1024;

    private readonly GateKeeper _keeper;
    private readonly Link _link;
    private readonly HostPolicy? _hosts;
    private readonly Outbox _outbox;
    private RosterPlace<OpeningGate> _place;
    private State _state;
    private bool _hasStarted;
    private int _discarded;
    private HeadReader? _reader;
    private RequestHead? _head;
    private IReadOnlyList<string> _offered = [];
    private string? _subProtocol;
    private Dialect _dialect = Dialect.Rfc6455;
    private string? _extensions;
    private DeflateParameters? _deflate;
    private ConnectionCore? _opened;
    private byte[] _behind = [];

    public OpeningGate(GateKeeper keeper, Link link, HostPolicy? hosts)
    {
        (_keeper, _link, _hosts) = (keeper, link, hosts);
        var options = keeper.Options;
        _outbox = new Outbox(link, masks: false, options.SendBacklogBytes, options.SlowPeer);
    }

    private enum State : byte
    {
        Reading,
        Deciding,
        AwaitingKey,
        Opened,
        Refused,
        Ended,
    }

    ref RosterPlace<OpeningGate> IListed<OpeningGate>.Place => ref _place;

    /// <summary>The span of the handshake, if somebody traces.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>Whether the application may still decide.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (this)
            {
                return _state == State.Deciding;
            }
        }
    }

    public void Start(long deadline)
    {
        _link.Receiver = this;
        _keeper.Clock.Schedule(this, deadline);
        _link.Start();
    }

    public void OnBytes(Span<byte> bytes)
    {
        switch (_state)
        {
            case State.Reading:
                Read(bytes);
                break;
            case State.Deciding:
                _behind = [.. _behind, .. bytes];
                break;
            case State.AwaitingKey:
                ReadKey(bytes);
                break;
            case State.Refused when (_discarded += bytes.Length) > MaxDiscardedBytes:
                _link.Cut();
                break;
        }
    }

    public void OnEnded(Exception? error)
    {
        ConnectionCore? opened;
        lock (this)
        {
            opened = _opened;
            if (_state == State.AwaitingKey || (_state == State.Reading && _hasStarted))
            {
                Telemetry.Handshake("Server", "abandoned");
                Log.HandshakeAbandoned(_keeper.Logger, _link.RemoteEndPoint, "the link ended within the request");
            }

            _state = State.Ended;
            KeyNeverCame();
        }

        if (opened is not null)
        {
            opened.Intake.OnEnded(error); // cut while the link was being handed over: the end is the connection's
            return;
        }

        _keeper.Clock.Cancel(this);
        _link.Cut();
        _outbox.Break();
        Activity?.Stop();
        _keeper.Left(this, _link);
    }

    public override long OnDeadline(long now)
    {
        lock (this)
        {
            if (_state is State.Reading or State.Deciding)
            {
                bool ours = _state == State.Deciding;
                Refuse(
                    ours ? Rejections.TooSlow : Rejections.RequestTimeout,
                    ours ? "the application did not answer in time" : "no request in time");
                return _keeper.Clock.In(_keeper.Options.CloseTimeout);
            }

            if (_state == State.Opened)
            {
                return Deadlines.Never; // the answer was faster
            }
        }

        _link.Cut();
        return Deadlines.Never;
    }

    public override void OnFailed(Exception reason)
    {
        Log.OpeningFailed(_keeper.Logger, _link.RemoteEndPoint, reason);
        _link.Cut();
    }

    /// <summary>The server stops: no new connection opens.</summary>
    public void Stop()
    {
        lock (this)
        {
            if (_state == State.Reading && !_hasStarted)
            {
                _link.Cut();
            }
            else if (_state == State.AwaitingKey)
            {
                _link.Cut();
            }
            else if (_state is State.Reading or State.Deciding)
            {
                Refuse(Rejections.Stopping, "the server stops");
            }
        }
    }

    /// <summary>Cuts the link.</summary>
    public void Cut() => _link.Cut();

    /// <summary>Refuses by the application's decision.</summary>
    public void Refuse(OpeningDecision decision)
    {
        byte[] response = decision.ToRefusal();
        lock (this)
        {
            ThrowIfAnswered();
            Answer(response, decision.StatusCode, "by the application", "Application");
        }
    }

    /// <summary>Refuses, unless the request was answered already.</summary>
    public bool TryRefuse(HandshakeRejection rejection)
    {
        lock (this)
        {
            if (_state is not (State.Reading or State.Deciding))
            {
                return false;
            }

            Refuse(rejection, rejection.Message);
            return true;
        }
    }

    private void Read(Span<byte> bytes)
    {
        var reader = _reader ??= _keeper.RentReader();
        var status = reader.Read(bytes, out int consumed);
        _hasStarted = reader.HasStarted;
        switch (status)
        {
            case HeadStatus.Failed:
                TryRefuse(HandshakeRejection.Of(reader.Error!));
                break;
            case HeadStatus.Complete:
                _behind = bytes[consumed..].ToArray();
                _head = (RequestHead)reader.Head!;
                _reader = null;
                _keeper.Return(reader);
                Examine(_head);
                break;
        }
    }

    private void Examine(RequestHead head)
    {
        var result = DialectHandshake.Examine(head, _keeper.Options.Dialects, out _dialect);
        var rejection = result.Rejection ?? _hosts?.Check(head);
        if (rejection is null && result.Kind == ServerHandshakeKind.PlainHttp)
        {
            AnswerPlain(_keeper.PlainHttp(head)); // the application's code runs without the lock, which the deadlines need
            return;
        }

        rejection ??= _keeper.Check(head, _link.IsSecure, _dialect, result.SubProtocols, out _subProtocol);
        if (rejection is not null)
        {
            TryRefuse(rejection);
            return;
        }

        _extensions = _dialect == Dialect.Rfc6455 ? _keeper.Agree(result.Extensions, out _deflate) : null;
        Activity = GateKeeper.StartActivity(head, _link);
        _offered = result.SubProtocols;
        lock (this)
        {
            if (_state != State.Reading)
            {
                return; // the deadline was faster
            }

            _link.PauseReading(); // before anybody can answer, since an answer goes on reading
            _state = State.Deciding;
        }

        _keeper.Decide(this);
    }

    private void AnswerPlain(byte[] response)
    {
        lock (this)
        {
            if (_state == State.Reading)
            {
                Answer(response, null, null, "PlainHttp");
            }
        }
    }

    // With the lock held, like all below.
    private void Refuse(HandshakeRejection rejection, string why) =>
        Answer(rejection.ToResponse(), rejection.StatusCode, why, rejection.Error.ToString());

    private void Answer(byte[] response, int? refusal, string? why, string outcome)
    {
        _state = State.Refused;
        Telemetry.Handshake("Server", outcome);
        if (refusal is { } status)
        {
            Activity?.SetStatus(ActivityStatusCode.Error, why);
            Log.HandshakeRefused(_keeper.Logger, _link.RemoteEndPoint, status, why!);
        }

        Activity?.Stop();
        lock (_outbox.Door)
        {
            _outbox.AppendRaw(response);
            _outbox.EndWhenEmpty();
        }

        _outbox.Flush();
        _keeper.Clock.Schedule(this, _keeper.Clock.In(_keeper.Options.CloseTimeout));
        _link.ResumeReading();
    }

    private void ThrowIfAnswered()
    {
        if (_state != State.Deciding)
        {
            throw new InvalidOperationException(_state == State.Ended
                ? "The client has gone."
                : "The request was answered already, or was not answered within the handshake timeout.");
        }
    }
}
