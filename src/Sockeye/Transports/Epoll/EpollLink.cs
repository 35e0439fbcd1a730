using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>
/// A connected socket on a loop, without a <see cref="Socket"/>. The loop's worker alone reads and closes the descriptor; other threads
/// write, pause and shut it down under the link's lock (the link itself, an object less), which closing takes too: a number that the kernel gave to somebody else is never used.
/// While it is held (a handler does not return, or runs on the thread pool), whoever is inside reads and closes in the loop's place.
/// </summary>
internal sealed unsafe partial class EpollLink : Link, IEpollSource
{
    /// <summary>Buffers in a row that one busy connection may fill before the others have their turn.</summary>
    private const int ReadsPerTurn = 4;

    private readonly EpollLoop _loop;
    private readonly bool _unix;
    private SocketName _remote;
    private int _descriptor;
    private ulong _id;
    private uint _watched;
    private IBacklog? _backlog;
    private int _pulls;
    private bool _started, _added, _paused, _cut, _ended, _endDue;
    private Exception? _endError;

    public EpollLink(EpollLoop loop, int descriptor, SocketName remote, bool unix, HandlerDispatch dispatch)
    {
        (_loop, _descriptor, _remote, _unix) = (loop, descriptor, remote, unix);
        (_pooled, _mayBePooled) = (dispatch == HandlerDispatch.ThreadPool, dispatch == HandlerDispatch.Automatic);
        _id = loop.Enter(this); // from now on the loop does not end before this link
        if (!unix)
        {
            int yes = 1;
            _ = Native.SetOption(descriptor, 6, 1, &yes, sizeof(int)); // TCP_NODELAY: frames are whole when they are written
        }
    }

    public override IByteReceiver? Receiver { get; set; }

    public override EndPoint? RemoteEndPoint => _unix ? null : _remote.ToEndPoint();

    public override EndPoint? LocalEndPoint
    {
        get
        {
            lock (this)
            {
                return _descriptor < 0 || _unix ? null : SocketName.OfLocal(_descriptor).ToEndPoint();
            }
        }
    }

    public override bool IsSecure => false;

    public override bool ResumesInline => true;

    public override bool IsReading => _loop.IsCurrent;

    string IEpollSource.Name => RemoteEndPoint?.ToString() ?? "a connection";

    public override void Start()
    {
        lock (this)
        {
            if (_ended)
            {
                return; // it was cut before
            }

            _started = true;
            Watch();
        }
    }

    /// <summary>Gives up a link that was never started, after what is written at once.</summary>
    public void TurnAway(ReadOnlySpan<byte> answer)
    {
        TryWrite(answer, default);
        Discard();
    }

    public override void Discard()
    {
        lock (this)
        {
            if (_ended)
            {
                return;
            }

            (_ended, _cut) = (true, true);
            Leave();
        }
    }

    public override void PauseReading() => SetPaused(true);

    public override void ResumeReading() => SetPaused(false);

    public override void Cut()
    {
        lock (this)
        {
            if (_cut)
            {
                return;
            }

            _cut = true;
            if (_held)
            {
                _ = Native.Shutdown(_descriptor, Native.ShutdownBoth); // the peer knows now, though closing has to wait for the handler
            }
        }

        _loop.Post(this);
    }

    void IEpollSource.OnReady(uint events, EpollWorker worker)
    {
        bool broken = (events & Native.Out) != 0 && !Pull();
        if ((events & (Native.In | Native.HangUp | Native.Error)) != 0)
        {
            OnReadable(worker);
        }

        if (broken)
        {
            Cut(); // if what could still be read did not end it; a paused link reads nothing and would be reported for ever
        }
    }

    void IEpollSource.Prefetch(int before)
    {
        var receiver = Receiver;
        if (before == 2)
        {
            Prefetch.Object(receiver, 2);
        }
        else
        {
            receiver?.Prefetch(before == 0);
        }
    }

    private void OnReadable(EpollWorker worker)
    {
        bool pooled;
        lock (this)
        {
            if (worker.HasLostLoop)
            {
                return; // while it was writing: the loop's next worker is told of it again
            }

            if (_held)
            {
                _hungUp = true; // only that is reported without being asked for: whoever holds the link finds it later
                Watch();
                return;
            }

            pooled = _pooled;
            if (pooled)
            {
                HoldLocked();
            }
        }

        if (pooled)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            Read(worker.Memory, worker);
        }
    }

    void IEpollSource.OnPosted()
    {
        bool held;
        lock (this)
        {
            held = _held;
            _endPosted |= held;
        }

        if (held)
        {
            Receiver?.OnCutWhileHeld();
        }
        else
        {
            End(_sendError == 0 ? null : SystemErrors.ToException(_sendError));
        }
    }

    void IEpollSource.OnFailed(Exception error) => EndOrCut(0, error);

    private void SetPaused(bool paused)
    {
        lock (this)
        {
            _paused = paused;
            Watch();
        }
    }

    /// <summary>Tells the kernel what is of interest now. With nothing of interest the descriptor leaves the loop: a hang-up cannot be masked.</summary>
    private void Watch()
    {
        uint wanted = (_paused || _held ? 0 : Native.In) | (_backlog is null || _hungUp || _pulledElsewhere ? 0 : Native.Out);
        if (_descriptor < 0 || !_started || (wanted == _watched && _added))
        {
            return; // closed, not started, or as it is
        }

        if (wanted == 0)
        {
            if (_added)
            {
                _loop.Watch(Native.Delete, _descriptor, 0, _id);
            }

            _added = false;
        }
        else
        {
            _loop.Watch(_added ? Native.Modify : Native.Add, _descriptor, wanted, _id);
            _added = true;
        }

        _watched = wanted;
    }

    private void Read(Span<byte> buffer, EpollWorker? worker)
    {
        if (_endDue)
        {
            End(_endError);
            return;
        }

        // Application code ends the turn, and from then on the link may be another thread's: that comes last.
        IByteReceiver? due = null;
        for (int i = 0; i < ReadsPerTurn && !_ended && !Volatile.Read(ref _paused); i++)
        {
            var receiver = Receiver!;
            var target = receiver.ChooseRoom(buffer);
            nint count;
            fixed (byte* start = target)
            {
                count = Native.Receive(_descriptor, start, target.Length, Native.DontWait);
            }

            if (count <= 0)
            {
                EndOfReading(count == 0 ? 0 : Marshal.GetLastPInvokeError(), due is not null);
                break;
            }

            worker?.Moved((int)count);
            receiver.OnBytes(target[..(int)count]);
            due = receiver;
            if (count < target.Length || worker is null or { IsInTurn: false })
            {
                break;
            }
        }

        due?.OnTurn();
    }

    /// <summary>Nothing was read: because there is nothing yet, or because nothing comes any more.</summary>
    private void EndOfReading(int errorNumber, bool later)
    {
        if (errorNumber is Native.Again or Native.Interrupted or Native.NoBuffers or Native.NoMemory)
        {
            return;
        }

        var error = errorNumber == 0 ? null : SystemErrors.ToException(errorNumber);
        if (later)
        {
            (_endDue, _endError) = (true, error); // what was read before is answered first; the loop reports the end again
        }
        else
        {
            End(error);
        }
    }

    private void Leave()
    {
        _loop.Leave(_id);
        _ = Native.Close(_descriptor); // also takes it out of the loop's interest
        _descriptor = -1;
    }

    /// <summary>The end, once, on the loop's thread.</summary>
    private void End(Exception? error)
    {
        IBacklog? backlog;
        lock (this)
        {
            if (_ended)
            {
                return;
            }

            (_ended, _cut) = (true, true);
            Leave();
            (backlog, _backlog) = (_backlog, null);
        }

        backlog?.Fail();
        Receiver?.OnEnded(error);
    }
}
