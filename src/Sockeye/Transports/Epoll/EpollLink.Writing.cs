using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>The writing side: from any thread, under the link's lock.</summary>
internal sealed unsafe partial class EpollLink
{
    private int _sendError;
    private bool _inPull, _pulledElsewhere;

    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        lock (this)
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

            EpollWorker.Current?.Moved((int)sent);
            return (int)sent;
        }
    }

    public override void StartBacklog(IBacklog backlog)
    {
        lock (this)
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
        lock (this)
        {
            if (_descriptor >= 0)
            {
                _ = Native.Shutdown(_descriptor, Native.ShutdownWrite);
            }
        }
    }

    /// <summary>Writes what waits, as far as it goes; one thread at a time.</summary>
    /// <returns>Whether the link can still be written to.</returns>
    private bool Pull()
    {
        IBacklog? backlog;
        int pulls;
        lock (this)
        {
            if (_inPull)
            {
                // The loop was taken from a worker that is still at it. That there is room is not asked again until it is done.
                _pulledElsewhere = true;
                Watch();
                return true;
            }

            (_inPull, backlog, pulls) = (true, _backlog, _pulls);
        }

        bool empty = backlog is null || Write(backlog);
        lock (this)
        {
            (_inPull, _pulledElsewhere) = (false, false);

            // Somebody may have begun the next backlog since this one was found empty.
            _backlog = empty && _pulls == pulls ? null : _backlog;
            Watch();
        }

        return empty || _sendError == 0;
    }

    /// <summary>Writes a backlog; false if the kernel does not take all of it.</summary>
    private bool Write(IBacklog backlog)
    {
        while (backlog.TryPeek(out var bytes))
        {
            int sent = TryWrite(bytes.Span, default);
            if (sent == 0)
            {
                return false; // the kernel says when it has room
            }

            backlog.Advance(sent);
        }

        return true;
    }

    private nint Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (!second.IsEmpty)
        {
            return SendBoth(first, second);
        }

        fixed (byte* start = first)
        {
            return Native.Send(_descriptor, start, first.Length, Native.NoSignal);
        }
    }

    // By itself, and not inlined: a method with memory on the stack guards it on every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private nint SendBoth(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* a = first, b = second)
        {
            Native.Piece* pieces = stackalloc Native.Piece[2];
            pieces[0] = new Native.Piece { Start = a, Length = first.Length };
            pieces[1] = new Native.Piece { Start = b, Length = second.Length };
            var message = new Native.MessageHeader { Pieces = pieces, Count = 2 };
            return Native.SendMessage(_descriptor, &message, Native.NoSignal);
        }
    }
}
