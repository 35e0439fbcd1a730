namespace Sockeye.Connections;

/// <summary>
/// Something with things to do at certain times. It is its own entry in the wheel, so that to wait costs no further object;
/// <see cref="Deadlines"/> enters it and calls it, for one thing at a time.
/// </summary>
internal abstract class Deadline
{
    /// <summary>The tick it is entered for, <see cref="Deadlines.Never"/> or <see cref="Deadlines.Cancelled"/>; kept by <see cref="Deadlines"/>.</summary>
    internal long Tick { get; set; } = Deadlines.Never;

    /// <summary>The next in the same slot, round in a circle; kept by <see cref="TimerWheel"/>.</summary>
    internal Deadline? NextInSlot { get; set; }

    /// <summary>The one before in the same slot; that of the first is the last.</summary>
    internal Deadline? PreviousInSlot { get; set; }

    /// <summary>Does what is due; the answer is the next time, or <see cref="Deadlines.Never"/>.</summary>
    public abstract long OnDeadline(long now);

    /// <summary><see cref="OnDeadline"/> threw. The timer is everybody's: this is to cost its owner and nobody else.</summary>
    public abstract void OnFailed(Exception reason);
}
