using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>One attempt to connect: the loop that tells whether it succeeded then serves the link.</summary>
internal sealed unsafe class EpollConnector : IEpollSource
{
    private readonly EpollGroup _group;
    private readonly EpollLoop _loop;
    private readonly SocketName _remote;
    private readonly bool _unix;
    private readonly TaskCompletionSource<Link> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private int _descriptor;
    private ulong _id;

    private EpollConnector(EpollGroup group, int descriptor, SocketName remote, bool unix, CancellationToken cancellation)
    {
        (_group, _loop, _descriptor, _remote, _unix, _cancellation) = (group, group.Next(), descriptor, remote, unix, cancellation);
    }

    /// <summary>Connects; the link is not started.</summary>
    /// <exception cref="SocketException">Nobody answers there, or does not want to.</exception>
    public static Task<Link> ConnectAsync(EpollGroup group, EndPoint address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bytes = address.Serialize();
        ReadOnlySpan<byte> name = bytes.Buffer.Span[..bytes.Size];
        var remote = default(SocketName);
        name[..Math.Min(name.Length, SocketName.Length)].CopyTo(remote);
        int descriptor = Native.Socket(MemoryMarshal.Read<ushort>(name));
        if (descriptor < 0)
        {
            return Task.FromException<Link>(SystemErrors.ToException(Marshal.GetLastPInvokeError()));
        }

        int result;
        fixed (byte* start = name)
        {
            result = Native.Connect(descriptor, start, name.Length);
        }

        int error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        var attempt = new EpollConnector(group, descriptor, remote, address is UnixDomainSocketEndPoint, cancellationToken);
        if (error == Native.InProgress)
        {
            attempt.Wait();
        }
        else
        {
            attempt.End(error);
        }

        return attempt._done.Task;
    }

    string IEpollSource.Name => "a connection attempt";

    void IEpollSource.OnReady(uint events, EpollWorker worker) => End(Native.PendingError(_descriptor));

    void IEpollSource.OnPosted() => End(Native.Cancelled);

    void IEpollSource.OnFailed(Exception error) => _done.TrySetException(error);

    int IEpollSource.Hold() => 0;

    void IEpollSource.Release(int hold)
    {
    }

    bool IEpollSource.WasSlow => false;

    void IEpollSource.OnTurn(bool slow)
    {
    }

    private void Wait()
    {
        bool watched;
        lock (_lock)
        {
            _id = _loop.Enter(this);
            watched = _loop.Watch(Native.Add, _descriptor, Native.Out, _id);
        }

        if (!watched)
        {
            End(Marshal.GetLastPInvokeError()); // nobody would tell how it goes
            return;
        }

        // The loop alone closes the descriptor, since it may be looking at it just now.
        _registration = _cancellation.UnsafeRegister(static s => ((EpollConnector)s!).Cancel(), this);
        if (_done.Task.IsCompleted)
        {
            _registration.Unregister();
        }
    }

    private void Cancel() => _loop.Post(this);

    private void End(int error)
    {
        int descriptor;
        lock (_lock)
        {
            descriptor = _descriptor;
            _descriptor = -1;
            if (descriptor < 0)
            {
                return; // cancelled just after the answer came
            }

            if (_id != 0)
            {
                _loop.Watch(Native.Delete, descriptor, 0, _id);
                _loop.Leave(_id);
            }
        }

        _registration.Unregister();
        if (error == 0)
        {
            _done.SetResult(new EpollLink(_loop, descriptor, _remote, _unix, _group.Dispatch));
            return;
        }

        _ = Native.Close(descriptor);
        if (error == Native.Cancelled)
        {
            _done.SetCanceled(_cancellation);
        }
        else
        {
            _done.SetException(SystemErrors.ToException(error));
        }
    }
}
