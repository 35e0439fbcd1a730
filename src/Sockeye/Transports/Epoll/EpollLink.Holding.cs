using System.Buffers;
using System.Numerics;

namespace Sockeye.Transports.Epoll;

/// <summary>
/// While application code keeps a link busy off its loop (it does not return, or runs on the thread pool), the link is held: its loop
/// reports nothing of it but room to write, and an end that is posted waits.
/// </summary>
internal sealed unsafe partial class EpollLink : IThreadPoolWorkItem
{
    /// <summary>Of its last 32 turns so many must be slow for a connection to be moved to the thread pool.</summary>
    private const int SlowTurns = 4;

    private const int PooledReadBytes = 64 * 1024;

    private readonly bool _mayBePooled;
    private int _holds;
    private uint _turns;
    private bool _held, _hungUp, _endPosted, _pooled;

    public override void EndTurn()
    {
        if (_pooled)
        {
            Release(_holds);
        }
        else
        {
            EpollWorker.Current?.EndTurn();
        }
    }

    /// <summary>A turn on the thread pool, one read long; the loop reports what is left.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        int hold = _holds;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PooledReadBytes);
        try
        {
            Read(buffer, null);
        }
        catch (Exception e)
        {
            EndOrCut(hold, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Release(hold);
        }
    }

    int IEpollSource.Hold()
    {
        lock (this)
        {
            if (_held)
            {
                return 0; // whoever holds it goes on: the loop has no business with it but to write
            }

            HoldLocked();
            return _holds;
        }
    }

    void IEpollSource.Release(int hold) => Release(hold);

    bool IEpollSource.WasSlow => _turns != 0;

    void IEpollSource.OnTurn(bool slow)
    {
        _turns = (_turns << 1) | (slow ? 1u : 0u);
        if (slow && _mayBePooled && !_pooled && BitOperations.PopCount(_turns) >= SlowTurns)
        {
            _pooled = true;
            _loop.MovedToPool(this);
        }
    }

    private void HoldLocked()
    {
        _held = true;
        _holds++;
        Watch();
    }

    private void Release(int hold)
    {
        bool end;
        lock (this)
        {
            if (!_held || _holds != hold)
            {
                return;
            }

            (_held, _hungUp) = (false, false);
            end = _endPosted;
            if (!end)
            {
                Watch();
            }
        }

        if (end)
        {
            _loop.Post(this); // it comes in turn, as if it had been posted now
        }
    }

    /// <summary>The end, told by whoever has the link's turn: the holder of that number, or with none the loop's thread.</summary>
    private void EndOrCut(int hold, Exception error)
    {
        bool mine;
        lock (this)
        {
            mine = hold == 0 ? !_held && _loop.IsCurrent : _held && _holds == hold;
        }

        if (mine)
        {
            End(error);
        }
        else
        {
            Cut(); // its turn was over, and another thread may be reading
        }
    }
}
