using System.Threading.Tasks.Sources;

namespace Sockeye.Connections;

/// <summary>
/// Received messages on their way to the application: put together as they arrive, read ahead up to a limit, handed out one at a time.
/// It is its own gate.
/// </summary>
/// <param name="owner">Whose messages they are.</param>
/// <param name="readAheadBytes">Complete messages nobody has asked for yet, before reading pauses.</param>
internal sealed partial class Inbox(IConnectionOwner owner, long readAheadBytes)
{
    /// <summary>What a message costs beyond its payload, so that tiny messages count too.</summary>
    private const int MessageCost = 256;

    private ManualResetValueTaskSourceCore<WebSocketMessage> _waiter = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _waitToken;
    private MessageBuffer? _first, _last; // complete ones, in order
    private int _ready, _burst;
    private MessageBuffer? _partial;
    private MessageBuffer? _current;
    private long _readyCost;
    private bool _waiting, _waitsForPiece, _wantsPieces, _cut, _ended, _paused;

    /// <summary>Whether nothing more should be read for now.</summary>
    public bool IsPaused => Volatile.Read(ref _paused);

    /// <summary>Names the receive that waits; for whoever passes it on.</summary>
    public short Version => _waiter.Version;

    /// <summary>Whether messages wait for the receiver, or one is in its hands: an answer may come.</summary>
    // In this order: a message goes from the one to the other.
    public bool IsAnswerDue => ReadyCount > 0 || Volatile.Read(ref _current) is not null;

    /// <summary>Whether somebody waits for a message and several are ready.</summary>
    public bool IsBurstDue
    {
        get
        {
            lock (this)
            {
                return _waiting && _ready > 1;
            }
        }
    }

    /// <summary>Complete messages that nobody has asked for yet.</summary>
    public int ReadyCount
    {
        get
        {
            lock (this)
            {
                return _ready;
            }
        }
    }

    /// <summary>Whether something of a message is here, complete or not.</summary>
    public bool HasBytes => ReadyCount > 0 || Volatile.Read(ref _partial) is { Length: > 0 };

    /// <summary>Whether a receive would have to wait.</summary>
    public bool WouldWait => !Volatile.Read(ref _ended) && ReadyCount == 0;

    /// <summary>Takes a piece of a message as it arrived. For the reading thread, which calls <see cref="Deliver"/> after the last one.</summary>
    public void Add(ReadOnlySpan<byte> payload, MessageType type, bool endOfMessage, long frameBytesLeft)
    {
        lock (this)
        {
            if (_ended)
            {
                return;
            }

            _partial ??= MessageBuffer.Rent(type);
            _partial.Append(payload, frameBytesLeft);
            if (endOfMessage)
            {
                Ready(endOfMessage: true);
            }
            else
            {
                _paused |= _wantsPieces && Cost(_partial) > readAheadBytes;
            }
        }
    }

    /// <summary>Takes a control frame, as a message of its own.</summary>
    public void AddControl(ReadOnlySpan<byte> payload, MessageType type)
    {
        lock (this)
        {
            if (!_ended)
            {
                var frame = MessageBuffer.Rent(type);
                frame.Append(payload, 0);
                Ready(frame);
            }
        }
    }

    /// <summary>The message that is being put together, if there is one, with the caller as one more user.</summary>
    public MessageBuffer? RetainPartial()
    {
        lock (this)
        {
            _partial?.Retain();
            return _partial;
        }
    }

    /// <summary>Hands what is there to a waiting receiver.</summary>
    /// <param name="inline">Whether the receiver goes on within this call, which may then take any time.</param>
    public void Deliver(bool inline)
    {
        WebSocketMessage found;
        bool resume;
        lock (this)
        {
            if (!_waiting || TakeReady(_waitsForPiece) is not { } buffer)
            {
                return;
            }

            found = new WebSocketMessage(buffer); // its version now: nobody else can release it before
            (_waiting, _burst) = (false, _ready);
            _cancellation.Unregister();
            resume = ReadsOn();
        }

        if (resume)
        {
            owner.ResumeReading();
        }

        _waiter.RunContinuationsAsynchronously = !inline;
        _waiter.SetResult(found);
    }

    /// <summary>Nothing more is handed out than what is complete already; who waits is told, and what still arrives is dropped.</summary>
    public void End()
    {
        bool tell;
        bool resume;
        lock (this)
        {
            _ended = true;
            if (_waiting && _waitsForPiece && _partial is { Length: > 0 })
            {
                Ready(endOfMessage: false);
            }

            _partial?.Release();
            _partial = null;
            tell = _waiting && _ready == 0; // else it is about to be delivered
            _waiting &= !tell;
            if (tell)
            {
                _cancellation.Unregister();
            }

            resume = _paused;
            _paused = false;
        }

        if (resume)
        {
            owner.ResumeReading();
        }

        if (tell)
        {
            TellClosed();
        }
    }

    /// <summary>Leaves the message that was received last to its receiver: later receives do not release it.</summary>
    public void GiveAway()
    {
        lock (this)
        {
            _current?.GiveAway();
            _current = null;
        }
    }

    /// <summary>Nobody will receive any more: returns all memory. Who waits all the same, for what was about to be delivered, is told of the end.</summary>
    public void Release()
    {
        bool tell;
        lock (this)
        {
            (tell, _waiting, _ended) = (_waiting, false, true);
            if (tell)
            {
                _cancellation.Unregister();
            }

            ReleaseCurrent();
            while (TakeFirst() is { } buffer)
            {
                buffer.Release();
            }
        }

        if (tell)
        {
            TellClosed();
        }
    }

    private void TellClosed()
    {
        _waiter.RunContinuationsAsynchronously = true;
        _waiter.SetResult(WebSocketMessage.Closed);
    }

    private static long Cost(MessageBuffer buffer) => buffer.Length + MessageCost;

    /// <summary>The message, or piece, is one to be handed out. The one that somebody waits for already is none that was read ahead.</summary>
    private void Ready(bool endOfMessage)
    {
        var buffer = _partial!;
        _partial = null;
        Mark(buffer, endOfMessage);
        Ready(buffer);
    }

    /// <summary>What follows a piece is one too, up to the end of the message.</summary>
    private void Mark(MessageBuffer buffer, bool endOfMessage)
    {
        (buffer.EndOfMessage, buffer.IsPiece) = (endOfMessage, _cut || !endOfMessage);
        _cut = !endOfMessage;
    }

    private void Ready(MessageBuffer buffer)
    {
        _first ??= buffer;
        _last?.Next = buffer;
        _last = buffer;
        _ready++;
        _readyCost += Cost(buffer);
        _paused |= _readyCost - (_waiting ? Cost(_first!) : 0) > readAheadBytes;
    }

    /// <summary>Ends a pause if little enough is left.</summary>
    private bool ReadsOn()
    {
        bool resume = _paused && _readyCost <= readAheadBytes / 2;
        _paused &= !resume;
        return resume;
    }

    private MessageBuffer? TakeReady(bool piece)
    {
        if (TakeFirst() is { } first)
        {
            _current = first;
        }
        else if (piece && _partial is { Length: > 0 } part)
        {
            Mark(part, endOfMessage: false);
            (_current, _partial) = (part, null);
        }

        return _current;
    }

    private MessageBuffer? TakeFirst()
    {
        if (_first is { } first)
        {
            (_first, first.Next) = (first.Next, null);
            _last = _first is null ? null : _last;
            _ready--;
            _readyCost -= Cost(first);
            return first;
        }

        return null;
    }

    private void ReleaseCurrent()
    {
        _current?.Invalidate();
        _current?.Release();
        _current = null;
    }
}
