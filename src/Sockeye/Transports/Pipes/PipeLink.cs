using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Pipes;

/// <summary>
/// A pair of pipes. Bytes are handed over where the reader's pipe keeps them; what is sent is written into the other pipe. The next read is
/// asked for before application code goes on, so that code that blocks does not keep the link from being read.
/// </summary>
internal sealed partial class PipeLink : Link
{
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;
    private readonly PipeLinkDetails _details;
    private readonly Action _pump;
    private readonly Lock _reading = new();
    private ValueTaskAwaiter<ReadResult> _read;
    private bool _hasRead, _paused, _stopped, _cut, _inLastTurn, _ended;

    public PipeLink(PipeReader reader, PipeWriter writer, PipeLinkDetails details)
    {
        (_reader, _writer, _details) = (reader, writer, details);
        (_pump, _flushed) = (Pump, OnFlushed);
    }

    public override IByteReceiver? Receiver { get; set; }

    public override EndPoint? RemoteEndPoint => _details.Remote;

    public override EndPoint? LocalEndPoint => _details.Local;

    public override bool IsSecure => _details.IsSecure;

    public override bool ResumesInline => true;

    public override void Start() => ThreadPool.UnsafeQueueUserWorkItem(static pump => pump(), _pump, preferLocal: false);

    public override void PauseReading()
    {
        lock (_reading)
        {
            _paused = true;
        }
    }

    public override void ResumeReading()
    {
        lock (_reading)
        {
            _paused = false;
            if (!_stopped)
            {
                return;
            }

            _stopped = false;
        }

        Start();
    }

    public override void Cut()
    {
        bool inLastTurn;
        lock (_reading)
        {
            if (_cut)
            {
                return;
            }

            _cut = true;
            _paused = false;
            inLastTurn = _inLastTurn;
        }

        if (inLastTurn)
        {
            Receiver!.OnCutWhileHeld(); // the end comes when the application's code returns, which may be waiting for it
        }

        try
        {
            _details.Abort?.Invoke();
            _reader.CancelPendingRead();
        }
        catch (Exception)
        {
            // Foreign pipes that are gone already.
        }

        ResumeReading();
    }

    /// <summary>Reads until nothing is there; one thread at a time, another one after each wait.</summary>
    private void Pump()
    {
        IByteReceiver? due = null;
        Exception? error = null;
        try
        {
            while (TryRead(out var result))
            {
                bool all = Hand(result.Buffer, ref due);
                if (_cut || (all && result.IsCompleted && !Volatile.Read(ref _paused)))
                {
                    EndAfter(due, null);
                    return;
                }
            }
        }
        catch (Exception e)
        {
            error = e; // pipes of a stranger may throw anything: to a connection it is all the end of the link
        }

        if (error is not null)
        {
            EndAfter(due, error);
        }
        else
        {
            due?.OnTurn();
        }
    }

    private void EndAfter(IByteReceiver? due, Exception? error)
    {
        if (due is not null)
        {
            bool cut;
            lock (_reading)
            {
                (_inLastTurn, cut) = (true, _cut);
            }

            if (cut)
            {
                due.OnCutWhileHeld();
            }

            due.OnTurn();
        }

        End(error);
    }

    /// <summary>Takes what was read; false if there is nothing yet, and somebody else goes on when there is, or if nothing is wanted.</summary>
    private bool TryRead(out ReadResult result)
    {
        result = default;
        if (!_hasRead)
        {
            lock (_reading)
            {
                _stopped = _paused;
                if (_stopped)
                {
                    return false;
                }
            }

#pragma warning disable CA2012 // consumed once: here, or by the pump that it calls
            _read = _reader.ReadAsync().GetAwaiter();
#pragma warning restore CA2012
            if (!_read.IsCompleted)
            {
                _hasRead = true;
                _read.UnsafeOnCompleted(_pump); // from here on it may be running elsewhere
                return false;
            }
        }

        _hasRead = false;
        result = _read.GetResult();
        return true;
    }

    /// <summary>Hands over what was read; false if there was a pause or a cut before all of it.</summary>
    private bool Hand(ReadOnlySequence<byte> bytes, ref IByteReceiver? due)
    {
        bool all = true;
        var consumed = bytes.Start;
        foreach (var segment in bytes)
        {
            if (Volatile.Read(ref _paused) || _cut)
            {
                all = false;
                break;
            }

            due = Receiver!;
            due.OnBytes(MemoryMarshal.AsMemory(segment).Span); // the pipe's memory, ours until it is consumed
            consumed = bytes.GetPosition(segment.Length, consumed);
        }

        _reader.AdvanceTo(consumed);
        return all;
    }

    private void End(Exception? error)
    {
        lock (_reading)
        {
            if (_ended)
            {
                return;
            }

            (_ended, _cut) = (true, true);
        }

        IBacklog? backlog;
        lock (_writing)
        {
            _broken = true;
            (backlog, _backlog) = (_backlog, null);
        }

        backlog?.Fail();
        if (!_details.LeaveOpen)
        {
            Complete(_reader.Complete);
            Complete(_writer.Complete);
        }

        Receiver!.OnEnded(error);
        _details.Ended?.Invoke();
    }

    private static void Complete(Action<Exception?> complete)
    {
        try
        {
            complete(null);
        }
        catch (Exception)
        {
            // The pipe's owner was faster, or its other end fails while it is told.
        }
    }
}
