namespace Sockeye.Connections;

/// <summary>Something with things to do at certain times.</summary>
internal interface IDeadline
{
    /// <summary>Does what is due; the answer is the next time, or <see cref="Deadlines.Never"/>.</summary>
    long OnDeadline(long now);
}
