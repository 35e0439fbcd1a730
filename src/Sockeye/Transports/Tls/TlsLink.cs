using System.Buffers;
using System.Net;
using System.Net.Security;

namespace Sockeye.Transports.Tls;

/// <summary>
/// TLS over another link. What the inner link pushes is decrypted on the thread that pushes; what is sent is encrypted on the thread that
/// sends, and leaves with the inner link's own system calls. The protocol itself is <see cref="SslStream"/>'s.
/// </summary>
#pragma warning disable CA1001 // it disposes of them when it has ended
internal sealed partial class TlsLink : Link, IByteReceiver, IBacklog
#pragma warning restore CA1001
{
    private readonly Link _inner;
    private readonly TlsPipe _pipe;
    private readonly SslStream _tls;
    private readonly ReadGate _gate = new();
    private int _pusher;
    private int _turner;
    private bool _turnDue;

    public TlsLink(Link inner)
    {
        _inner = inner;
        _inner.Receiver = this;
        _pipe = new TlsPipe(Send, Pause);
        _tls = new SslStream(_pipe, leaveInnerStreamOpen: false);
    }

    public override IByteReceiver? Receiver { get; set; }

    public override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    public override EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public override bool IsSecure => true;

    public override bool ResumesInline => _inner.IsReading;

    public override void EndTurn()
    {
        // Only a turn of the inner link: what was read after a pause comes on a thread of its own, beside that link's turns.
        if (_turner == Environment.CurrentManagedThreadId)
        {
            _turner = 0;
            _inner.EndTurn();
        }
    }

    /// <summary>The TLS handshake, of either role; the inner link begins to push. Whatever goes wrong, the link is cut.</summary>
    public async Task AuthenticateAsync(Func<SslStream, Task> handshake)
    {
        _inner.Start();
        try
        {
            await handshake(_tls).ConfigureAwait(false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Begins to push, after the TLS handshake.</summary>
    public override void Start() => _ = ReadAsync();

    public override void PauseReading() => _gate.Pause();

    public override void ResumeReading() => _gate.Resume();

    public override void Cut()
    {
        _inner.Cut();
        _gate.Open();
    }

    Span<byte> IByteReceiver.ChooseRoom(Span<byte> buffer)
    {
        var memory = _pipe.ReaderMemory();
        return memory.IsEmpty ? buffer : memory.Span;
    }

    void IByteReceiver.OnBytes(Span<byte> bytes)
    {
        _pusher = Environment.CurrentManagedThreadId;
        var cork = Cork.Mine;
        cork.Begin(); // each record comes by itself; what is answered to those that came together leaves together
        try
        {
            _pipe.Push(bytes);
        }
        finally
        {
            cork.End();
        }

        _pusher = 0;
    }

    void IByteReceiver.OnTurn()
    {
        if (_turnDue)
        {
            _turnDue = false;
            _turner = Environment.CurrentManagedThreadId;
            Receiver!.OnTurn();
            if (_turner == Environment.CurrentManagedThreadId)
            {
                _turner = 0; // else the turn was ended, and the field may be another's
            }
        }
    }

    void IByteReceiver.OnCutWhileHeld() => Receiver?.OnCutWhileHeld();

    // A pause holds on: what was read before the end is still to be received.
    void IByteReceiver.OnEnded(Exception? error) => _pipe.End(error);

    private void Pause(bool pause)
    {
        if (pause)
        {
            _inner.PauseReading();
        }
        else
        {
            _inner.ResumeReading();
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
                await _tls.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false); // holds no buffer while it waits
                await _gate.WaitAsync().ConfigureAwait(false);
                more = await ReadOnceAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            error = e; // whatever a stranger's TLS makes the library throw: to a connection it is all the end of the link
        }

        Dispose();
        Receiver!.OnEnded(error);
    }

    private void Dispose()
    {
        _inner.Cut();
        lock (_lock)
        {
            _broken = true;
            _tls.Dispose();
            _cipher.Return();
        }
    }

    private async ValueTask<bool> ReadOnceAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(RecordBytes);
        try
        {
            int count = await _tls.ReadAsync(buffer).ConfigureAwait(false);
            if (count > 0)
            {
                Push(buffer.AsSpan(0, count));
            }

            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Push(Span<byte> bytes)
    {
        var receiver = Receiver!;
        receiver.OnBytes(bytes);
        if (_pusher == Environment.CurrentManagedThreadId)
        {
            _turnDue = true; // when the stack of the TLS engine is unwound
        }
        else
        {
            receiver.OnTurn();
        }
    }
}
