using BenchmarkDotNet.Attributes;
using Sockeye.Protocol.Frames;

namespace Sockeye.Micro;

/// <summary>Unmasking (RFC 6455 §5.3), beside the plain loop of the standard's text.</summary>
public class MaskBenchmarks
{
    private const uint Key = 0x7EC3115A;
    private byte[] _source = [];
    private byte[] _target = [];

    [Params(16, 125, 1024, 16 * 1024, 1024 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _source = new byte[Size];
        _target = new byte[Size];
        new Random(1).NextBytes(_source);
    }

    [Benchmark(Baseline = true)]
    public void ByteByByte()
    {
        for (int i = 0; i < _source.Length; i++)
        {
            _target[i] = (byte)(_source[i] ^ (Key >> (8 * (i & 3))));
        }
    }

    [Benchmark]
    public void InPlace() => Mask.Apply(_source, Key);

    [Benchmark]
    public void WhileCopying() => Mask.Copy(_source, _target, Key);

    [Benchmark]
    public void OnlyCopying() => _source.CopyTo(_target, 0);
}
