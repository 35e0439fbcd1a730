using System.Net;

namespace Sockeye.Transports.Memory;

/// <summary>One end of a link within the process, with cuts and faults where a test wants them.</summary>
internal sealed class MemoryLink : Link
{
    private const int BufferBytes = 64 * 1024;

    private readonly MemoryLinkOptions _options;
    private readonly Lock _lock; // one for both ends
    private readonly Queue<byte> _incoming = new();
    private MemoryLink _peer = null!;
    private IBacklog? _backlog;
    private Exception? _error;
    private byte[]? _buffer;
    private int _reads;
    private int _writes;
    private bool _started, _paused, _busy, _endReached, _ended, _cut, _sendingEnded;

    private MemoryLink(MemoryLinkOptions options, Lock both) => (_options, _lock) = (options, both);

    public override IByteReceiver? Receiver { get; set; }

    public override EndPoint? RemoteEndPoint => null;

    public override EndPoint? LocalEndPoint => null;

    public override bool IsSecure => false;

    public override bool ResumesInline => _options.ResumesInline;

    /// <summary>Whether the other end can write no more for now.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _incoming.Count >= _options.Capacity;
            }
        }
    }

    /// <summary>Two ends of one link.</summary>
    public static (MemoryLink First, MemoryLink Second) CreatePair(MemoryLinkOptions? first = null, MemoryLinkOptions? second = null)
    {
        var both = new Lock();
        var a = new MemoryLink(first ?? new MemoryLinkOptions(), both);
        var b = new MemoryLink(second ?? new MemoryLinkOptions(), both);
        (a._peer, b._peer) = (b, a);
        return (a, b);
    }

    public override void Start()
    {
        lock (_lock)
        {
            _started = true;
        }

        Post(Deliver);
    }

    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        lock (_lock)
        {
            if (_cut || _sendingEnded || _peer._cut)
            {
                return 0;
            }

            int room = _peer._options.Capacity - _peer._incoming.Count;
            switch (_options.OnWrite?.Invoke(_writes++) ?? MemoryFault.None)
            {
                case MemoryFault.EndOfStream:
                case MemoryFault.Reset:
                    Break();
                    return 0;
                case MemoryFault.Short:
                    room = Math.Min(room, 1);
                    break;
            }

            int taken = Put(first, room);
            taken += Put(second, room - taken);
            Post(_peer.Deliver);
            return taken;
        }
    }

    public override void StartBacklog(IBacklog backlog)
    {
        lock (_lock)
        {
            _backlog = backlog;
        }

        Post(Pull);
    }

    public override void ShutdownSend()
    {
        lock (_lock)
        {
            _sendingEnded = true;
            _peer._endReached = true;
        }

        Post(_peer.Deliver);
    }

    public override void PauseReading()
    {
        lock (_lock)
        {
            _paused = true;
        }
    }

    public override void ResumeReading()
    {
        lock (_lock)
        {
            _paused = false;
        }

        Post(Deliver);
    }

    public override void Cut()
    {
        lock (_lock)
        {
            if (_cut)
            {
                return;
            }

            _cut = true;
            _paused = false;
            _peer._endReached = true;
        }

        Post(Deliver);
        Post(_peer.Deliver);
        Post(Pull);
    }

    private int Put(ReadOnlySpan<byte> bytes, int room)
    {
        int count = Math.Min(bytes.Length, Math.Max(room, 0));
        foreach (byte b in bytes[..count])
        {
            _peer._incoming.Enqueue(b);
        }

        return count;
    }

    private void Break()
    {
        _error ??= new IOException("The memory link was reset.");
        _cut = true;
        _peer._error ??= _error;
        _peer._endReached = true;
        Post(Deliver);
        Post(_peer.Deliver);
        Post(Pull);
    }

    private void Deliver()
    {
        lock (_lock)
        {
            if (_busy || _ended || !_started)
            {
                return;
            }

            _busy = true;
        }

        var receiver = Receiver!;
        var room = receiver.ChooseRoom(_buffer ??= new byte[BufferBytes]);
        byte[]? bytes;
        bool ended;
        lock (_lock)
        {
            bytes = NextBytes(room.Length);
            ended = _ended;
            _busy = bytes is not null;
        }

        if (ended)
        {
            receiver.OnEnded(_error);
            return;
        }

        if (bytes is null)
        {
            return;
        }

        bytes.CopyTo(room);
        receiver.OnBytes(room[..bytes.Length]);
        receiver.OnTurn();
        lock (_lock)
        {
            _busy = false;
        }

        Post(_peer.Pull);
        Post(Deliver);
    }

    private byte[]? NextBytes(int most)
    {
        if (!_cut && !_paused && _incoming.Count > 0)
        {
            var fault = _options.OnRead?.Invoke(_reads++) ?? MemoryFault.None;
            if (fault is not (MemoryFault.EndOfStream or MemoryFault.Reset))
            {
                int cut = _options.Cut?.Invoke(_incoming.Count) ?? _incoming.Count;
                int count = fault == MemoryFault.Short ? 1 : Math.Clamp(cut, 1, Math.Min(most, _incoming.Count));
                byte[] bytes = new byte[count];
                for (int i = 0; i < count; i++)
                {
                    bytes[i] = _incoming.Dequeue();
                }

                return bytes;
            }

            _incoming.Clear();
            _endReached = true;
            _error = fault == MemoryFault.Reset ? new IOException("The memory link was reset.") : null;
        }

        _ended = _cut || (_endReached && _incoming.Count == 0 && !_paused);
        return null;
    }

    private void Pull()
    {
        IBacklog? backlog;
        lock (_lock)
        {
            (backlog, _backlog) = (_backlog, null);
        }

        while (backlog is not null && backlog.TryPeek(out var bytes))
        {
            int taken;
            bool broken;
            lock (_lock)
            {
                broken = _cut || _sendingEnded;
                taken = broken ? 0 : TryWrite(bytes.Span, default);
                if (taken == 0 && !broken)
                {
                    _backlog = backlog; // the peer's next read makes room
                    return;
                }
            }

            if (broken)
            {
                backlog.Fail();
                return;
            }

            backlog.Advance(taken);
        }
    }

    private void Post(Action work)
    {
        if (_options.Post is { } post)
        {
            post(work);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false);
        }
    }
}
