namespace Sockeye.Connections;

/// <summary>Something that is in one <see cref="Roster{T}"/> at most.</summary>
internal interface IListed<T>
    where T : class
{
    /// <summary>Its place there; the roster's alone to touch.</summary>
    ref RosterPlace<T> Place { get; }
}
