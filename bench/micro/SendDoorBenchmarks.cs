using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Sockeye.Protocol.Frames;

namespace Sockeye.Micro;

/// <summary>
/// Sending a binary message to something that takes it at once, beside System.Net.WebSockets. A client's is masked, each with a new key.
/// </summary>
[MemoryDiagnoser]
public class SendDoorBenchmarks
{
    private WebSocketConnection _connection = null!;
    private WebSocket _systemNet = null!;
    private byte[] _payload = [];

    [Params(16, 1024, 16 * 1024)]
    public int Size { get; set; }

    [Params(false, true)]
    public bool AsClient { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var link = new TakingLink();
        _connection = Connections.On(link, AsClient ? Role.Client : Role.Server);
        var stream = new RepeatingStream([0]);
        _systemNet = Connections.SystemNet(stream, isServer: !AsClient);
        _payload = new byte[Size];
        new Random(1).NextBytes(_payload);

        TrySend();
        Task reference = SystemNet().AsTask();
        if (!reference.IsCompletedSuccessfully || stream.Taken != link.Taken)
        {
            throw new InvalidOperationException($"{stream.Taken} bytes and {link.Taken}: not the same work.");
        }
    }

    [Benchmark(Baseline = true)]
    public ValueTask SystemNet() => _systemNet.SendAsync(_payload.AsMemory(), WebSocketMessageType.Binary, true, CancellationToken.None);

    [Benchmark]
    public ValueTask SendAsync() => _connection.SendAsync(_payload, MessageType.Binary);

    [Benchmark]
    public bool TrySend() => _connection.TrySend(_payload, MessageType.Binary);
}
