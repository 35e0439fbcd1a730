namespace Sockeye.Connections;

/// <summary>A member's neighbours in a <see cref="Roster{T}"/>.</summary>
internal struct RosterPlace<T>
    where T : class
{
    public T? Next;
    public T? Previous;
}
