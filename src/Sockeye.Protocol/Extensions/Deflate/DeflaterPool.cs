using System.Collections.Concurrent;

namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>Compressors shared by all connections that are set alike. What one compresses never refers to what it compressed before.</summary>
internal sealed class DeflaterPool
{
    private static readonly int s_kept = Environment.ProcessorCount;
    private static readonly ConcurrentDictionary<DeflaterSettings, DeflaterPool> s_pools = new();

    private readonly ConcurrentQueue<IDeflater> _free = new();
    private readonly DeflaterSettings _settings;

    private DeflaterPool(DeflaterSettings settings) => _settings = settings;

    public static DeflaterPool For(DeflaterSettings settings) => s_pools.GetOrAdd(settings, static s => new DeflaterPool(s));

    public IDeflater Rent() => _free.TryDequeue(out var deflater) ? deflater : DeflateEngine.CreateDeflater(_settings);

    /// <summary>Takes one back that has forgotten all.</summary>
    public void Return(IDeflater deflater)
    {
        if (_free.Count >= s_kept)
        {
            deflater.Dispose();
        }
        else
        {
            _free.Enqueue(deflater);
        }
    }
}
