using Sockeye.Diagnostics;
using Sockeye.Protocol.Closing;
using Sockeye.Transports;

namespace Sockeye.Connections;

/// <summary>Where the application goes on with what was read.</summary>
internal sealed partial class Intake : IThreadPoolWorkItem
{
    /// <summary>Tells the violation behind messages whose receiver has had its turn by now.</summary>
    /// <param name="force">Tells it whatever the receiver does.</param>
    public void FailLate(bool force = false)
    {
        if (Volatile.Read(ref _late) is not null && (force || core.Sink is not null || !core.Inbox.IsAnswerDue) && Interlocked.Exchange(ref _late, null) is { } violation)
        {
            core.PeerFailed(violation);
        }
    }

    /// <summary>The application goes on with a burst, on the thread pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        DeliverBurst();
        FailLate();
    }

    /// <summary>Has the application go on. Its answers to what arrived together leave together.</summary>
    private void Deliver()
    {
        if (!core.Inbox.IsBurstDue)
        {
            DeliverReady(core.Link.ResumesInline);
        }
        else if (core.Link.ResumesInline)
        {
            DeliverBurst();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
    }

    private void DeliverBurst()
    {
        var cork = Cork.Mine;
        cork.Begin();
        DeliverReady(inline: true);
        cork.End();
    }

    private void DeliverReady(bool inline)
    {
        try
        {
            core.Inbox.Deliver(inline);
        }
        catch (Exception e)
        {
            // What an async method throws goes to its task: this was a continuation of another kind.
            Log.HandlerFailed(core.Logger, core.Id, e);
            core.Close(CloseCode.InternalError, "the handler failed");
        }
    }
}
