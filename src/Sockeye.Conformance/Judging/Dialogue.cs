using System.Diagnostics;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>A connection of a case, and what the peer has done on it so far.</summary>
internal sealed class Dialogue(RawConnection connection, TimeSpan patience)
{
    private readonly List<PeerEvent> _got = [];

    public RawConnection Connection => connection;

    /// <summary>Messages and pongs, in order.</summary>
    public IReadOnlyList<PeerEvent> Got => _got;

    /// <summary>How the peer ended: a close frame, an end of TCP, a fault; null as long as it has not.</summary>
    public PeerEvent? Last { get; private set; }

    /// <summary>Waits until the peer has done so much, has ended, or has been silent for a time.</summary>
    public async Task CollectAsync(int count, TimeSpan? limit = null)
    {
        while (_got.Count < count && Last is null && await StepAsync(limit ?? patience))
        {
        }
    }

    /// <summary>Waits until the peer ends. False when it does not in time.</summary>
    public async Task<bool> UntilEndAsync(TimeSpan? limit = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (Last is null)
        {
            var rest = (limit ?? patience) - Stopwatch.GetElapsedTime(start);
            if (rest <= TimeSpan.Zero || !await StepAsync(rest))
            {
                return Last is not null;
            }
        }

        return true;
    }

    /// <summary>Closes with 1000, and sees whether the peer does its part (RFC 6455 §7.1).</summary>
    public async Task<CloseVerdict> CloseAsync()
    {
        await connection.SendAsync(Frame.Close(1000));
        return await ClosedAsync(1000, 1005);
    }

    /// <summary>Sees the end of a closing handshake that the judge began.</summary>
    /// <param name="codes">The codes that the peer may answer with; 1005 is none.</param>
    public async Task<CloseVerdict> ClosedAsync(params int[] codes)
    {
        if (!await UntilEndAsync())
        {
            return CloseVerdict.Fail;
        }

        if (Last!.Kind != PeerEventKind.Close)
        {
            return CloseVerdict.Unclean;
        }

        return codes.Contains(Last.Code) ? await TcpEndAsync() : CloseVerdict.WrongCode;
    }

    /// <summary>Sees how a peer fails the connection: with a close frame of such a code, or by dropping it (RFC 6455 §7.1.7).</summary>
    public async Task<CloseVerdict> FailedByPeerAsync(params int[] codes)
    {
        if (!await UntilEndAsync())
        {
            return CloseVerdict.Fail;
        }

        switch (Last!.Kind)
        {
            case PeerEventKind.Ended:
                return CloseVerdict.Ok;
            case PeerEventKind.Fault:
                return CloseVerdict.Fail;
            case var _ when !codes.Contains(Last.Code):
                return CloseVerdict.WrongCode;
            default:
                await connection.SendAsync(Last.Code == 1005 ? new Frame(Opcodes.Close, []) : Frame.Close(Last.Code));
                return await TcpEndAsync();
        }
    }

    /// <summary>After both close frames: the server ends TCP (RFC 6455 §7.1.1), and nothing else comes.</summary>
    private async Task<CloseVerdict> TcpEndAsync()
    {
        if (!connection.JudgeIsClient)
        {
            return CloseVerdict.Ok;
        }

        var next = await connection.NextAsync(patience);
        if (next.Kind is not (PeerEventKind.Ended or PeerEventKind.Silence))
        {
            _got.Add(next);
        }

        return next.Kind == PeerEventKind.Silence ? CloseVerdict.LeftOpen : CloseVerdict.Ok;
    }

    private async Task<bool> StepAsync(TimeSpan limit)
    {
        var next = await connection.NextAsync(limit);
        switch (next.Kind)
        {
            case PeerEventKind.Silence:
                return false;
            case var _ when next.IsLast:
                Last = next;
                return true;
            default:
                _got.Add(next);
                return true;
        }
    }

    /// <summary>What was seen, in words.</summary>
    public string Describe() => string.Join("; ", _got.Take(12).Append(Last ?? PeerEvent.Silence)) + (_got.Count > 12 ? $" ({_got.Count} in all)" : "");
}
