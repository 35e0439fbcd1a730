using BenchmarkDotNet.Attributes;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;

namespace Sockeye.Micro;

/// <summary>Reading a client's frame head and writing a server's (RFC 6455 §5.2).</summary>
public class FrameHeaderBenchmarks
{
    private readonly byte[] _read = new byte[FrameHeader.MaxSize];
    private readonly byte[] _written = new byte[FrameHeader.MaxSize];
    private readonly FrameRules _rules = new(true, false, 0, long.MaxValue, long.MaxValue, 1024, 1024);

    [Params(16, 1024, 1024 * 1024)]
    public int Length { get; set; }

    [GlobalSetup]
    public void SetUp() => HybiFraming.WriteHeader(_read, HybiFraming.FirstByte(Opcode.Text, fin: true), Length, 0x7EC3115A);

    [Benchmark]
    public bool Read() => HybiFraming.TryReadHeader(_read, _rules, out _, out _);

    [Benchmark]
    public int Write() => HybiFraming.WriteHeader(_written, HybiFraming.FirstByte(Opcode.Text, fin: true), Length, null);
}
