using System.ComponentModel;
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
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _unix;
    private ulong _id;
    private bool _stopping;

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
        _id = _loop.Enter(this);
        if (!_loop.Watch(Native.Add, Descriptor, Native.In, _id))
        {
            throw new IOException("The kernel refused to watch the listening socket.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>Accepts no more, when this returns.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true);
        if (_id == 0)
        {
            _listener.Dispose();
            return;
        }

        // The loop's thread may be accepting just now: the descriptor is closed there.
        if (_loop.IsCurrent)
        {
            Close();
        }
        else
        {
            _loop.Post(this);
            _closed.Task.Wait();
        }
    }

    string IEpollSource.Name => "the listening socket";

    void IEpollSource.OnFailed(Exception error) => _failed(error);

    int IEpollSource.Hold()
    {
        _loop.Watch(Native.Modify, Descriptor, 0, _id);
        return 0;
    }

    void IEpollSource.Release(int hold) => _loop.Post(this);

    bool IEpollSource.WasSlow => false;

    void IEpollSource.OnTurn(bool slow)
    {
    }

    void IEpollSource.OnPosted()
    {
        if (Volatile.Read(ref _stopping))
        {
            Close();
        }
        else
        {
            _loop.Watch(Native.Modify, Descriptor, Native.In, _id); // the pause, or the hold, is over
        }
    }

    unsafe void IEpollSource.OnReady(uint events, EpollWorker worker)
    {
        for (int i = 0; i < AcceptsPerTurn && !Volatile.Read(ref _stopping); i++)
        {
            var name = default(SocketName);
            int length = SocketName.Length;
            int descriptor = Native.Accept(Descriptor, (byte*)&name, &length);
            if (descriptor >= 0)
            {
                _accepted(new EpollLink(_group.Next(), descriptor, name, _unix, _group.Dispatch));
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error is Native.TooManyFiles or Native.TooManyFilesInSystem or Native.NoBuffers or Native.NoMemory)
            {
                Pause(error);
            }

            return; // none left, or one that was gone before it was accepted
        }
    }

    private void Close()
    {
        if (!_closed.Task.IsCompleted)
        {
            _loop.Leave(_id);
            _listener.Dispose();
            _closed.TrySetResult();
        }
    }

    /// <summary>What waits in the kernel's queue is served when descriptors are free again; asking all the time would only burn the loop.</summary>
    private void Pause(int error)
    {
        _loop.Watch(Native.Modify, Descriptor, 0, _id);
        _failed(SystemErrors.ToException(error));
        _ = ResumeAsync();
    }

    private async Task ResumeAsync()
    {
        await Task.Delay(s_pauseAfterFailure).ConfigureAwait(false);
        _loop.Post(this);
    }
}
