using System.Buffers;

namespace Sockeye.Transports.Tls;

/// <summary>The sending side: plain bytes in, encrypted ones out, and what the inner link does not take at once.</summary>
internal sealed partial class TlsLink
{
    /// <summary>The most that one TLS record carries (RFC 8446 §5.1).</summary>
    private const int RecordBytes = 16 * 1024;

    /// <summary>Encrypted at a time: what the inner link does not take of it stays here.</summary>
    private const int MostAtOnce = 64 * 1024;

    private readonly Lock _lock = new(); // guards the sending side; never held while an outer backlog or the inner link is called back
    private readonly CipherText _cipher = new();
    private IBacklog? _outer;
    private int _outerStarts;
    private bool _gathering, _pulling, _ending, _notified, _broken;

    public override int TryWrite(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int taken;
        bool pull;
        lock (_lock)
        {
            if (_broken || _pulling || !_cipher.IsEmpty)
            {
                return 0;
            }

            taken = Encrypt(first, second);
            pull = FlushCipher();
        }

        if (pull)
        {
            _inner.StartBacklog(this);
        }

        return taken;
    }

    public override void StartBacklog(IBacklog backlog)
    {
        bool start;
        bool broken;
        lock (_lock)
        {
            broken = _broken;
            (_outer, _outerStarts) = (broken ? null : backlog, _outerStarts + 1);
            start = !_pulling && !broken;
            _pulling |= start;
        }

        if (broken)
        {
            backlog.Fail();
        }
        else if (start)
        {
            _inner.StartBacklog(this);
        }
    }

    public override void ShutdownSend()
    {
        lock (_lock)
        {
            _ending = true;
            if (_pulling)
            {
                return; // what is encrypted already leaves first
            }
        }

        EndSending();
    }

    bool IBacklog.TryPeek(out ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            IBacklog? outer;
            int starts;
            lock (_lock)
            {
                bytes = _cipher.IsEmpty ? default : _cipher.Bytes;
                (outer, starts) = (_outer, _outerStarts);
                _pulling = !bytes.IsEmpty || outer is not null;
            }

            if (!bytes.IsEmpty)
            {
                return true;
            }

            if (outer is null)
            {
                break;
            }

            Refill(outer, starts);
        }

        if (_ending)
        {
            EndSending();
        }

        return false;
    }

    void IBacklog.Advance(int count)
    {
        lock (_lock)
        {
            if (!_cipher.IsEmpty) // else it was dropped meanwhile
            {
                _cipher.Advance(count);
            }
        }
    }

    void IBacklog.Fail()
    {
        IBacklog? outer;
        lock (_lock)
        {
            (outer, _outer) = (_outer, null);
            (_broken, _pulling) = (true, false);
            _cipher.Return();
        }

        outer?.Fail();
    }

    /// <summary>Encrypts the next of the outer backlog; without the lock, which the outer one's own lock comes before.</summary>
    private void Refill(IBacklog outer, int starts)
    {
        if (outer.TryPeek(out var plain))
        {
            int taken;
            lock (_lock)
            {
                taken = Encrypt(plain.Span, default);
            }

            outer.Advance(taken);
            if (taken == 0)
            {
                Cut(); // the TLS engine has failed: the reading end says so
                ((IBacklog)this).Fail();
            }

            return;
        }

        lock (_lock)
        {
            // Somebody may have begun the next backlog since this one was found empty.
            _outer = _outerStarts == starts ? null : _outer;
        }
    }

    /// <summary>Encrypts as much as is sensible at once, a head and what follows it in one record. With the lock held.</summary>
    private int Encrypt(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        byte[]? joined = null;
        _gathering = true;
        int taken = 0;
        try
        {
            if (!second.IsEmpty && first.Length < RecordBytes)
            {
                joined = ArrayPool<byte>.Shared.Rent(RecordBytes);
                int more = Math.Min(second.Length, RecordBytes - first.Length);
                first.CopyTo(joined);
                second[..more].CopyTo(joined.AsSpan(first.Length));
                _tls.Write(joined, 0, first.Length + more);
                taken = first.Length + more;
                first = second[more..];
            }

            while (!first.IsEmpty && taken < MostAtOnce)
            {
                var record = first[..Math.Min(first.Length, RecordBytes)];
                _tls.Write(record);
                taken += record.Length;
                first = first[record.Length..];
            }
        }
        catch (Exception)
        {
            _broken = true; // an error means that nothing more is taken; the reading end finds out why
            Cut();
        }
        finally
        {
            _gathering = false;
            if (joined is not null)
            {
                ArrayPool<byte>.Shared.Return(joined);
            }
        }

        return taken;
    }

    /// <summary>What the TLS engine writes: records of ours, or, at the handshake and the end, of its own.</summary>
    private void Send(ReadOnlyMemory<byte> bytes)
    {
        bool pull = false;
        lock (_lock)
        {
            _cipher.Add(bytes.Span);
            if (!_gathering && !_pulling)
            {
                pull = FlushCipher();
            }
        }

        if (pull)
        {
            _inner.StartBacklog(this);
        }
    }

    /// <summary>Writes what is encrypted; the answer is whether the inner link has to pull the rest. With the lock held.</summary>
    private bool FlushCipher()
    {
        if (!_cipher.IsEmpty)
        {
            _cipher.Advance(_inner.TryWrite(_cipher.Bytes.Span, default));
        }

        return _pulling = !_cipher.IsEmpty;
    }

    /// <summary>close_notify (RFC 8446 §6.1), and then TCP's own FIN; what waits to be pulled leaves before each.</summary>
    private void EndSending()
    {
        bool notify;
        lock (_lock)
        {
            notify = _ending && !_notified && !_broken;
            _notified |= notify;
        }

        try
        {
            _ = notify ? _tls.ShutdownAsync() : null; // it only writes, and writing here never waits
        }
        catch (Exception)
        {
            Cut();
            return;
        }

        bool end;
        lock (_lock)
        {
            end = _ending && !_pulling;
            _ending &= !end;
        }

        if (end)
        {
            _inner.ShutdownSend();
        }
    }
}
