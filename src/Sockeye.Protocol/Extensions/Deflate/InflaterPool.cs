using System.Collections.Concurrent;

namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>Decompressors for messages that refer to no earlier one: held only while such a message arrives.</summary>
internal static class InflaterPool
{
    private static readonly int s_kept = 4 * Environment.ProcessorCount;
    private static readonly ConcurrentQueue<IInflater> s_free = new();

    public static IInflater Rent() => s_free.TryDequeue(out var inflater) ? inflater : DeflateEngine.CreateInflater();

    /// <summary>Takes one back, in whatever state.</summary>
    public static void Return(IInflater inflater)
    {
        if (s_free.Count >= s_kept)
        {
            inflater.Dispose();
            return;
        }

        inflater.Reset();
        s_free.Enqueue(inflater);
    }
}
