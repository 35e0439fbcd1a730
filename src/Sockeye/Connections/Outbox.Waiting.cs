namespace Sockeye.Connections;

/// <summary>Senders who wait for their frame to be taken, and may give up before it is under way.</summary>
internal sealed partial class Outbox
{
    private void Withdraw(SendWaiter waiter, CancellationToken cancellationToken)
    {
        bool pull;
        lock (Door)
        {
            if (waiter.IsStarted)
            {
                return;
            }

            _turns?.Remove(waiter);
            waiter.TrySetCanceled(cancellationToken);
            pull = FlushLocked(); // those behind may fit
        }

        Pull(pull);
    }

    private async Task WaitAsync(SendWaiter waiter, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (outbox, waiter) = ((Outbox, SendWaiter))state!;
                outbox.Withdraw(waiter, token);
            },
            (this, waiter)))
        {
            await waiter.Task.ConfigureAwait(false);
        }
    }
}
