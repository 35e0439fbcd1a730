using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Sockeye.Transports.Pipes;

/// <summary>The writing side: one flush at a time; what does not fit behind it is pulled when it is done.</summary>
internal sealed partial class PipeLink
{
    private readonly Action _flushed;
    private readonly Lock _writing = new();
    private ValueTaskAwaiter<FlushResult> _flush;
    private IBacklog? _backlog;
    private int _backlogs;
    private bool _flushing, _inPull, _pullAgain, _ending, _broken;

    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        lock (_writing)
        {
            return _flushing || _broken ? 0 : Write(first, second);
        }
    }

    public override void StartBacklog(IBacklog backlog)
    {
        lock (_writing)
        {
            (_backlog, _backlogs) = (backlog, _backlogs + 1);
            if (_flushing)
            {
                return;
            }
        }

        Pull();
    }

    public override void ShutdownSend()
    {
        lock (_writing)
        {
            _ending = true;
        }

        EndSending();
    }

    /// <summary>With the lock held.</summary>
    private int Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        try
        {
            first = first[..Math.Min(first.Length, PieceBytes)];
            second = second[..Math.Min(second.Length, PieceBytes - first.Length)];
            _writer.Write(first);
            _writer.Write(second);
#pragma warning disable CA2012 // consumed once: here, or when it calls back
            _flush = _writer.FlushAsync().GetAwaiter();
#pragma warning restore CA2012
            if (_flush.IsCompleted)
            {
                _broken = _flush.GetResult().IsCompleted;
            }
            else
            {
                _flushing = true;
                _flush.UnsafeOnCompleted(_flushed);
            }

            return first.Length + second.Length;
        }
        catch (Exception)
        {
            _broken = true; // nothing is taken; the reading end finds out why
            return 0;
        }
    }

    private void OnFlushed()
    {
        bool pull;
        lock (_writing)
        {
            try
            {
                _broken |= _flush.GetResult().IsCompleted;
            }
            catch (Exception)
            {
                _broken = true;
            }

            _flushing = false;
            pull = _backlog is not null;
        }

        if (pull)
        {
            Pull();
        }
        else
        {
            EndSending();
        }
    }

    /// <summary>Writes what waits; one thread at a time, and whoever comes meanwhile has that one look again.</summary>
    private void Pull()
    {
        lock (_writing)
        {
            _pullAgain = _inPull;
            if (_inPull)
            {
                return;
            }

            _inPull = true;
        }

        bool more = true;
        while (more)
        {
            Drain();
            lock (_writing)
            {
                more = _inPull = _pullAgain;
                _pullAgain = false;
            }
        }

        EndSending();
    }

    private void Drain()
    {
        IBacklog? backlog;
        int backlogs;
        lock (_writing)
        {
            (backlog, backlogs) = (_backlog, _backlogs);
        }

        while (backlog is not null && backlog.TryPeek(out var bytes))
        {
            int taken;
            bool broken;
            lock (_writing)
            {
                taken = _flushing || _broken ? 0 : Write(bytes.Span, default);
                broken = _broken;
            }

            if (taken > 0)
            {
                backlog.Advance(taken);
            }
            else if (broken)
            {
                backlog.Fail();
                Cut();
                return;
            }
            else
            {
                return; // when the flush is done, it goes on
            }
        }

        lock (_writing)
        {
            // Somebody may have begun the next backlog since this one was found empty.
            _backlog = _backlogs == backlogs ? null : _backlog;
        }
    }

    /// <summary>Ends the sending direction if that is due and everything is written.</summary>
    private void EndSending()
    {
        lock (_writing)
        {
            if (!_ending || _flushing || _backlog is not null || _broken)
            {
                return;
            }

            (_ending, _broken) = (false, true);
        }

        if (_details.EndSending is { } end)
        {
            end();
        }
        else
        {
            Complete(_writer.Complete);
        }
    }
}
