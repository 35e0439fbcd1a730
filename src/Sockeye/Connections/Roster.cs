namespace Sockeye.Connections;

/// <summary>A set whose members carry their own places in it: entering and leaving cost no memory. For all threads.</summary>
internal sealed class Roster<T>
    where T : class, IListed<T>
{
    private T? _first;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(T member)
    {
        lock (this)
        {
            // The first has itself before it, so that a member of nothing can be told.
            (member.Place.Next, member.Place.Previous) = (_first, member);
            if (_first is not null)
            {
                _first.Place.Previous = member;
            }

            _first = member;
            _count++;
        }
    }

    /// <summary>Takes a member out; false if it is in no roster.</summary>
    public bool Remove(T member)
    {
        lock (this)
        {
            var (next, previous) = (member.Place.Next, member.Place.Previous);
            if (previous is null)
            {
                return false;
            }

            bool isFirst = previous == member;
            if (isFirst)
            {
                _first = next;
            }
            else
            {
                previous.Place.Next = next;
            }

            if (next is not null)
            {
                next.Place.Previous = isFirst ? next : previous;
            }

            member.Place = default;
            _count--;
            return true;
        }
    }

    /// <summary>Who is in it now.</summary>
    public T[] ToArray()
    {
        lock (this)
        {
            var all = new T[_count];
            int at = 0;
            for (var member = _first; member is not null; member = member.Place.Next)
            {
                all[at++] = member;
            }

            return all;
        }
    }
}
