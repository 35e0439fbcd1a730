using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>The writing side: from any thread, under the link's lock.</summary>
internal sealed unsafe partial class EpollLink
{
    private int _sendError;

    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        lock (_lock)
        {
            if (_descriptor < 0 || _cut)
            {
                return 0;
            }

            nint sent;
            do
            {
                sent = Send(first, second);
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == Native.Interrupted);

            if (sent < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                _sendError = error is Native.Again or Native.NoBuffers or Native.NoMemory ? 0 : error;
                return 0;
            }

            _moved += sent;
            return (int)sent;
        }
    }

    public override void StartBacklog(IBacklog backlog)
    {
        lock (_lock)
        {
            (_backlog, _pulls) = (backlog, _pulls + 1);
            if (_descriptor >= 0 && !_cut)
            {
                Watch();
                return;
            }
        }

        backlog.Fail();
    }

    public override void ShutdownSend()
    {
        lock (_lock)
        {
            if (_descriptor >= 0)
            {
                _ = Native.Shutdown(_descriptor, Native.ShutdownWrite);
            }
        }
    }

    /// <summary>Writes what waits, as far as it goes.</summary>
    /// <returns>Whether the link can still be written to.</returns>
    private bool Pull()
    {
        IBacklog? backlog;
        int pulls;
        lock (_lock)
        {
            (backlog, pulls) = (_backlog, _pulls);
        }

        while (backlog is not null && backlog.TryPeek(out var bytes))
        {
            int sent = TryWrite(bytes.Span, default);
            if (sent == 0)
            {
                return _sendError == 0; // the kernel says when it has room
            }

            backlog.Advance(sent);
        }

        lock (_lock)
        {
            // Somebody may have begun the next backlog since this one was found empty.
            if (_pulls == pulls && _descriptor >= 0)
            {
                _backlog = null;
                Watch();
            }
        }

        return true;
    }

    private nint Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* a = first, b = second)
        {
            if (second.IsEmpty)
            {
                return Native.Send(_descriptor, a, first.Length, Native.NoSignal);
            }

            Native.Piece* pieces = stackalloc Native.Piece[2];
            pieces[0] = new Native.Piece { Start = a, Length = first.Length };
            pieces[1] = new Native.Piece { Start = b, Length = second.Length };
            var message = new Native.MessageHeader { Pieces = pieces, Count = 2 };
            return Native.SendMessage(_descriptor, &message, Native.NoSignal);
        }
    }
}
