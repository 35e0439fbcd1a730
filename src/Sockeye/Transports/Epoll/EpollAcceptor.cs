using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>A listening socket on a loop: accepts as many as there are and hands them round.</summary>
internal sealed class EpollAcceptor : IEpollSource, IDisposable
{
    /// <summary>Accepted in a row before the connections of the loop have their turn.</summary>
    private const int AcceptsPerTurn = 64;

    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly EpollGroup _group;
    private readonly EpollLoop _loop;
    private readonly Socket _listener;
    private readonly Action<EpollLink> _accepted;
    private readonly Action<Exception> _failed;
    private readonly Lock _lock = new(); // the descriptor is used with it held, so that any thread can close it
    private readonly bool _unix;
    private ulong _id;
    private bool _closed;

    /// <param name="group">The loops that share the connections.</param>
    /// <param name="listener">Bound and listening; disposed with the acceptor.</param>
    /// <param name="accepted">Gets each new link, not started, on the loop's thread.</param>
    /// <param name="failed">Is told when the kernel has no more descriptors; accepting goes on after a pause.</param>
    public EpollAcceptor(EpollGroup group, Socket listener, Action<EpollLink> accepted, Action<Exception> failed)
    {
        (_group, _listener, _accepted, _failed) = (group, listener, accepted, failed);
        _unix = listener.AddressFamily == AddressFamily.Unix;
        _loop = group.Next();
        _listener.Blocking = false;
    }

    private int Descriptor => (int)_listener.SafeHandle.DangerousGetHandle();

    public void Start()
    {
        lock (_lock)
        {
            _id = _loop.Enter(this);
            if (!Watch(Native.Add, Native.In))
            {
                var error = new Win32Exception(Marshal.GetLastPInvokeError());
                _loop.Leave(_id);
                _id = 0;
                throw new IOException("The kernel refused to watch the listening socket.", error);
            }
        }
    }

    /// <summary>Accepts no more, when this returns. Waits for nobody: the loop may be stuck in a handler.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _listener.Dispose();
            if (_id == 0)
            {
                return;
            }

            _loop.Leave(_id);
        }

        _loop.Post(this); // it may be waiting for its last source to leave
    }

    string IEpollSource.Name => "the listening socket";

    void IEpollSource.OnFailed(Exception error) => _failed(error);

    int IEpollSource.Hold()
    {
        _ = Watch(Native.Modify, 0);
        return 0;
    }

    void IEpollSource.Release(int hold) => _loop.Post(this);

    bool IEpollSource.WasSlow => false;

    void IEpollSource.OnTurn(bool slow)
    {
    }

    void IEpollSource.OnPosted() => Watch(Native.Modify, Native.In); // the pause, or the hold, is over

    void IEpollSource.OnReady(uint events, EpollWorker worker)
    {
        for (int i = 0; i < AcceptsPerTurn; i++)
        {
            if (Accept(out var link, out int error))
            {
                _accepted(link);
            }
            else if (error is Native.TooManyFiles or Native.TooManyFilesInSystem or Native.NoBuffers or Native.NoMemory)
            {
                Pause(error);
                return;
            }
            else
            {
                return; // none left, or one that was gone before it was accepted
            }
        }
    }

    /// <summary>Accepts one; the answer is whether there was one.</summary>
    private unsafe bool Accept([NotNullWhen(true)] out EpollLink? link, out int error)
    {
        (link, error) = (null, 0);
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            var name = default(SocketName);
            int length = SocketName.Length;
            int descriptor = Native.Accept(Descriptor, (byte*)&name, &length);
            if (descriptor >= 0)
            {
                link = new EpollLink(_group.Next(), descriptor, name, _unix, _group.Dispatch);
                return true;
            }

            error = Marshal.GetLastPInvokeError();
            return false;
        }
    }

    private bool Watch(int operation, uint events)
    {
        lock (_lock)
        {
            return !_closed && _loop.Watch(operation, Descriptor, events, _id);
        }
    }

    /// <summary>What waits in the kernel's queue is served when descriptors are free again; asking all the time would only burn the loop.</summary>
    private void Pause(int error)
    {
        _ = Watch(Native.Modify, 0);
        _failed(SystemErrors.ToException(error));
        _ = ResumeAsync();
    }

    private async Task ResumeAsync()
    {
        await Task.Delay(s_pauseAfterFailure).ConfigureAwait(false);
        _loop.Post(this);
    }
}
