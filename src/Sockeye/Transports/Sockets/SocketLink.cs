using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Sockeye.Transports.Sockets;

/// <summary>
/// A connected socket, on every platform. It waits for data with a read of zero bytes, so that an idle connection holds no buffer,
/// then reads until the kernel has no more.
/// </summary>
internal sealed class SocketLink : Link
{
    private const int ReadBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly ReadGate _gate = new();
    private bool _cut;

    public SocketLink(Socket socket)
    {
        _socket = socket;
        _socket.Blocking = false;
        (RemoteEndPoint, LocalEndPoint) = (socket.RemoteEndPoint, socket.LocalEndPoint);
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            _socket.NoDelay = true; // frames are whole when they are written: waiting for more only adds latency
        }
    }

    public override IByteReceiver? Receiver { get; set; }

    public override EndPoint? RemoteEndPoint { get; }

    public override EndPoint? LocalEndPoint { get; }

    public override bool IsSecure => false;

    public override void Start() => _ = ReadAsync();

    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int written = Send(first);
        return written == first.Length && !second.IsEmpty ? written + Send(second) : written;
    }

    public override void StartBacklog(IBacklog backlog) => _ = WriteAsync(backlog);

    public override void ShutdownSend()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The link is gone already; its reading end says so.
        }
    }

    public override void PauseReading() => _gate.Pause();

    public override void ResumeReading() => _gate.Resume();

    public override void Cut()
    {
        if (Interlocked.Exchange(ref _cut, true))
        {
            return;
        }

        _socket.Dispose();
        _gate.Open();
    }

    // The kernel's answer to a broken link is found by the reading end; here it only means that nothing is taken.
    private int Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            int sent = _socket.Send(bytes, SocketFlags.None, out var error);
            return error == SocketError.Success ? sent : 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    private async Task ReadAsync()
    {
        Exception? error = null;
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // what is there already is not handled on the accepting thread
            bool more = true;
            while (more)
            {
                await _gate.WaitAsync().ConfigureAwait(false);
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
                more = ReadAvailable();
            }
        }
        catch (Exception e)
        {
            error = e; // a receiver that throws costs its own link, too
        }

        Receiver!.OnEnded(error);
    }

    /// <summary>Reads what is there; false at the end of the stream.</summary>
    private bool ReadAvailable()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            while (!_gate.IsPaused)
            {
                int count = _socket.Receive(buffer, SocketFlags.None, out var error);
                if (error is SocketError.WouldBlock or SocketError.IOPending)
                {
                    return true;
                }

                if (error != SocketError.Success)
                {
                    throw new SocketException((int)error);
                }

                if (count == 0)
                {
                    return false;
                }

                var receiver = Receiver!;
                receiver.OnBytes(buffer.AsSpan(0, count));
                receiver.OnTurn();
                if (count < buffer.Length)
                {
                    return true; // most likely all: the wait for more is as cheap as asking the kernel
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteAsync(IBacklog backlog)
    {
        try
        {
            while (backlog.TryPeek(out var bytes))
            {
                backlog.Advance(await _socket.SendAsync(bytes[..Math.Min(bytes.Length, PieceBytes)], SocketFlags.None).ConfigureAwait(false));
            }
        }
        catch (Exception)
        {
            backlog.Fail(); // also when the sender's memory cannot be read any more
            Cut();
        }
    }
}
