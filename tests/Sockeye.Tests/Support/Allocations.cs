namespace Sockeye.Tests.Support;

/// <summary>What a piece of code allocates once it is warm.</summary>
internal static class Allocations
{
    /// <summary>
    /// The least number of bytes one of several rounds took. A collection that another thread starts in the middle of
    /// a round retires this thread's allocation window, whose rest then counts as allocated: one quiet round shows
    /// what the code itself takes, and code that allocates does so in every round.
    /// </summary>
    public static long Least(Action round, int rounds = 10)
    {
        long least = long.MaxValue;
        for (int i = 0; i < rounds && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
