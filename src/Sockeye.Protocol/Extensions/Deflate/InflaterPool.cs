using System.Collections.Concurrent;

namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>Decompressors for messages that refer to no earlier one: held only while such a message arrives.</summary>
internal sealed class InflaterPool
{
    private static readonly int s_kept = 4 * Environment.ProcessorCount;
    private static readonly InflaterPool[] s_pools = Make();

    private readonly ConcurrentQueue<IInflater> _free = new();
    private readonly int _windowBits;

    private InflaterPool(int windowBits) => _windowBits = windowBits;

    public static InflaterPool For(int windowBits) => s_pools[windowBits - DeflateParameters.LeastWindowBits];

    public IInflater Rent() => _free.TryDequeue(out var inflater) ? inflater : DeflateEngine.CreateInflater(_windowBits);

    /// <summary>Takes one back, in whatever state.</summary>
    public void Return(IInflater inflater)
    {
        if (_free.Count >= s_kept)
        {
            inflater.Dispose();
            return;
        }

        inflater.Reset();
        _free.Enqueue(inflater);
    }

    private static InflaterPool[] Make()
    {
        var pools = new InflaterPool[DeflateParameters.MostWindowBits - DeflateParameters.LeastWindowBits + 1];
        for (int i = 0; i < pools.Length; i++)
        {
            pools[i] = new InflaterPool(DeflateParameters.LeastWindowBits + i);
        }

        return pools;
    }
}
