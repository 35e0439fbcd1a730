namespace Sockeye.Connections;

/// <summary>Whose turn it is at the door: a fragmented message holds it until its end; the rest stand in line. Guarded by the door.</summary>
internal sealed class SendTurns
{
    private LinkedList<SendWaiter>? _line;
    private SendWaiter? _holderWaiting;
    private object? _holder;

    /// <summary>Whether a frame of this fragmented message (or of none) may go now.</summary>
    public bool MayGo(object? turn) =>
        _holder is not null ? ReferenceEquals(_holder, turn) : _line is null or { Count: 0 };

    /// <summary>A frame goes: it takes the turn, keeps it, or gives it back.</summary>
    public void Go(object? turn, bool ends) => _holder = ends ? null : turn;

    public void Wait(SendWaiter waiter)
    {
        if (waiter.Turn is not null && ReferenceEquals(_holder, waiter.Turn))
        {
            _holderWaiting = waiter;
        }
        else
        {
            (_line ??= new LinkedList<SendWaiter>()).AddLast(waiter);
        }
    }

    /// <summary>Who goes next, if anybody waits whose turn may come.</summary>
    public SendWaiter? Next => _holder is not null ? _holderWaiting : _line?.First?.Value;

    public void Remove(SendWaiter waiter)
    {
        _line?.Remove(waiter);
        _holderWaiting = ReferenceEquals(_holderWaiting, waiter) ? null : _holderWaiting;
    }

    /// <summary>Nobody's turn comes any more.</summary>
    public void Refuse(Func<Exception> error)
    {
        _holderWaiting?.TrySetException(error());
        _holderWaiting = null;
        foreach (var waiter in _line ?? [])
        {
            waiter.TrySetException(error());
        }

        _line = null;
    }
}
