namespace Sockeye.Connections;

/// <summary>An owner's place in the queue of deadlines. A small thing of its own, so that the queue does not keep a dead owner alive.</summary>
internal sealed class Alarm(IDeadline owner)
{
    private IDeadline? _owner = owner;

    /// <summary>The time it is entered for; kept by <see cref="Deadlines"/>.</summary>
    public long Scheduled { get; set; } = Deadlines.Never;

    public IDeadline? Owner => _owner;

    /// <summary>The owner has nothing to do any more.</summary>
    public void Cancel() => _owner = null;
}
