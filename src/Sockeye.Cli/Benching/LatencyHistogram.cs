using System.Numerics;

namespace Sockeye.Cli.Benching;

/// <summary>
/// Counts times in buckets that grow with the time, so that a few KiB tell nanoseconds from hours: below 256 ns exact, above
/// within 1/128 of the time. Any number of threads may record at once.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>What is longer counts as this long: more than a day.</summary>
    public const long MaxNanoseconds = (1L << 47) - 1;

    private const int Bits = 7; // 128 buckets for each doubling
    private const int Exact = 1 << (Bits + 1);

    private readonly long[] _counts = new long[IndexOf(MaxNanoseconds) + 1];
    private long _sum;
    private long _max;

    public long Count => _counts.Sum();

    public long Max => Volatile.Read(ref _max);

    public double Mean => Count is > 0 and long count ? (double)Volatile.Read(ref _sum) / count : 0;

    public void Record(long nanoseconds)
    {
        long time = Math.Clamp(nanoseconds, 0, MaxNanoseconds);
        Interlocked.Increment(ref _counts[IndexOf(time)]);
        Interlocked.Add(ref _sum, time);
        Raise(time);
    }

    /// <summary>Adds what another one has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += Volatile.Read(ref other._counts[i]);
        }

        _sum += Volatile.Read(ref other._sum);
        Raise(other.Max);
    }

    /// <summary>The time, in nanoseconds, that so many percent did not exceed; rounded up within its bucket. 0 if nothing was counted.</summary>
    public long Percentile(double percent)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        for (int i = 0; i < _counts.Length; i++)
        {
            wanted -= _counts[i];
            if (wanted <= 0)
            {
                return Math.Min(HighestOf(i), Max);
            }
        }

        return Max;
    }

    private static int IndexOf(long time)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)time) - Bits);
        return (shift << Bits) + (int)(time >> shift);
    }

    private static long HighestOf(int index)
    {
        int shift = index < Exact ? 0 : (index >> Bits) - 1;
        long low = index - ((long)shift << Bits);
        return ((low + 1) << shift) - 1;
    }

    private void Raise(long time)
    {
        long seen = Volatile.Read(ref _max);
        while (time > seen && Interlocked.CompareExchange(ref _max, time, seen) is long found && found != seen)
        {
            seen = found;
        }
    }
}
