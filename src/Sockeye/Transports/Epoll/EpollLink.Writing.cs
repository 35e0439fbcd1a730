namespace Sockeye.Transports.Epoll;

/// <summary>The writing side: from any thread, under the link's lock.</summary>
internal sealed unsafe partial class EpollLink
{
    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        lock (_lock)
        {
            if (_descriptor < 0 || _cut)
            {
                return 0;
            }

            nint sent;
            fixed (byte* a = first, b = second)
            {
                sent = second.IsEmpty ? Native.Send(_descriptor, a, first.Length, Native.NoSignal) : SendBoth(a, first.Length, b, second.Length);
            }

            _moved += Math.Max(0, sent);
            return Math.Max(0, (int)sent); // an error means that nothing is taken; the reading end finds out why
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

    private void Pull()
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
                return; // the kernel says when it has room; a broken link says so to the reading end
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
    }

    private nint SendBoth(byte* first, int firstLength, byte* second, int secondLength)
    {
        Native.Piece* pieces = stackalloc Native.Piece[2];
        pieces[0] = new Native.Piece { Start = first, Length = firstLength };
        pieces[1] = new Native.Piece { Start = second, Length = secondLength };
        var message = new Native.MessageHeader { Pieces = pieces, Count = 2 };
        return Native.SendMessage(_descriptor, &message, Native.NoSignal);
    }
}
