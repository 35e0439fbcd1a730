using BenchmarkDotNet.Attributes;
using Sockeye.Protocol.Frames;

namespace Sockeye.Micro;

/// <summary>One message of 64 B to 1,000 connections that take everything at once, beside sending it to each of an array.</summary>
[MemoryDiagnoser]
public class BroadcastBenchmarks
{
    private const int Members = 1000;
    private readonly byte[] _payload = new byte[64];
    private readonly WebSocketConnection[] _members = new WebSocketConnection[Members];
    private readonly ConnectionSet _set = new();
    private PreparedMessage _prepared = null!;

    [GlobalSetup]
    public void SetUp()
    {
        new Random(1).NextBytes(_payload);
        _prepared = new PreparedMessage(_payload, MessageType.Binary);
        for (int i = 0; i < Members; i++)
        {
            _members[i] = Connections.On(new TakingLink(), Role.Server);
            _set.Add(_members[i]);
        }

        if (Broadcast() != Members || BareSends() != Members)
        {
            throw new InvalidOperationException("Not everybody was sent to.");
        }
    }

    [Benchmark(Baseline = true)]
    public int BareSends()
    {
        int sent = 0;
        foreach (WebSocketConnection member in _members)
        {
            sent += member.TrySend(_payload, MessageType.Binary) ? 1 : 0;
        }

        return sent;
    }

    [Benchmark]
    public int Broadcast() => _set.Broadcast(_payload, MessageType.Binary);

    [Benchmark]
    public int BroadcastPrepared() => _set.Broadcast(_prepared);
}
