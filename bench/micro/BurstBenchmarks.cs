using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;
using Sockeye.Server;

namespace Sockeye.Micro;

/// <summary>
/// A burst of masked text messages of 16 B that arrive together, each echoed: the time of one message. System.Net.WebSockets reads the same
/// bytes from a stream, in pieces of the size it chooses.
/// </summary>
[MemoryDiagnoser]
public class BurstBenchmarks
{
    private const int Messages = 32;
    private const int PayloadBytes = 16;

    private readonly byte[] _received = new byte[Messages * (PayloadBytes + 6)];
    private readonly byte[] _buffer = new byte[PayloadBytes];
    private byte[] _burst = [];
    private WebSocketConnection _zeroCopy = null!;
    private WebSocketConnection _async = null!;
    private WebSocket _systemNet = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _burst = MakeBurst();
        var zeroCopyLink = new TakingLink();
        _zeroCopy = Connections.On(zeroCopyLink, Role.Server);
        _zeroCopy.Core.Sink = new HandlerSink(_zeroCopy, new EchoHandler());
        var asyncLink = new TakingLink();
        _async = Connections.On(asyncLink, Role.Server);
        _ = EchoAsync(_async);
        var stream = new RepeatingStream(_burst);
        _systemNet = Connections.SystemNet(stream, isServer: true);

        ZeroCopy();
        Async();
        Task reference = SystemNet();
        const int Expected = Messages * (PayloadBytes + 2);
        if (!reference.IsCompletedSuccessfully || zeroCopyLink.Taken != Expected || asyncLink.Taken != Expected || stream.Taken != Expected)
        {
            throw new InvalidOperationException($"{stream.Taken}, {zeroCopyLink.Taken} and {asyncLink.Taken} bytes, not {Expected}.");
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public async Task SystemNet()
    {
        for (int i = 0; i < Messages; i++)
        {
            ValueWebSocketReceiveResult received = await _systemNet.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
            await _systemNet.SendAsync(_buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public void ZeroCopy() => Push(_zeroCopy);

    [Benchmark(OperationsPerInvoke = Messages)]
    public void Async() => Push(_async);

    /// <summary>Unmasking is in place, so each time starts from a copy.</summary>
    private void Push(WebSocketConnection connection)
    {
        _burst.CopyTo(_received, 0);
        connection.Core.Intake.OnBytes(_received);
        connection.Core.Intake.OnTurn();
    }

    private static async Task EchoAsync(WebSocketConnection connection)
    {
        await foreach (WebSocketMessage message in connection)
        {
            await connection.SendAsync(message);
        }
    }

    private static byte[] MakeBurst()
    {
        const uint Key = 0x7EC3115A;
        byte[] burst = new byte[Messages * (PayloadBytes + 6)];
        for (int at = 0; at < burst.Length; at += PayloadBytes)
        {
            at += HybiFraming.WriteHeader(burst.AsSpan(at), HybiFraming.FirstByte(Opcode.Text, fin: true), PayloadBytes, Key);
            Span<byte> payload = burst.AsSpan(at, PayloadBytes);
            "sixteen letters."u8.CopyTo(payload);
            Mask.Apply(payload, Key);
        }

        return burst;
    }

    private sealed class EchoHandler : WebSocketHandler
    {
        public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type) => connection.TrySend(payload, type);
    }
}
