using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Tests.Protocol.Extensions.Deflate;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

/// <summary>However a connection ends, no compressor or decompressor of it stays behind.</summary>
[Collection(nameof(ChurnTests.Alone))]
public sealed class CompressionLeakTests
{
    [Theory]
    [InlineData(TransportKind.Sockets)]
    [InlineData(TransportKind.Epoll)]
    [InlineData(TransportKind.Tls)]
    [InlineData(TransportKind.Memory)]
    public async Task With_a_context(TransportKind kind)
    {
        long before = NativeStream.Outstanding;
        for (int how = 0; how < 6; how++)
        {
            await using var pair = await Pair.OpenAsync(
                kind, both: o => o.Compression = new CompressionOptions { ServerContextTakeover = true, ClientContextTakeover = true });
            await pair.Client.SendAsync(Samples.Json(1, 1000)).Soon();
            await pair.Server.SendAsync(await pair.Server.ReceiveAsync().Soon()).Soon();
            await pair.Client.ReceiveAsync().Soon();
            await EndAsync(pair, how);
        }

        await Waits.Until(() => NativeStream.Outstanding <= before, $"{NativeStream.Outstanding - before} native streams are back");
    }

    [Fact]
    public async Task Shared_ones_are_held_within_a_message_only()
    {
        for (int how = 0; how < 6; how++)
        {
            await using var pair = await Pair.OpenAsync(TransportKind.Epoll, both: o => o.Compression = new CompressionOptions());
            await pair.Client.SendAsync(Samples.Json(1, 1000)).Soon();
            await pair.Server.SendAsync(await pair.Server.ReceiveAsync().Soon()).Soon();
            await pair.Client.ReceiveAsync().Soon();
            long idle = NativeStream.Outstanding;
            await using var writer = pair.Client.StartMessage(MessageType.Binary);
            await writer.WriteAsync(Samples.Json(1, 1000)).Soon();
            await EndAsync(pair, how);
            await Waits.Until(() => NativeStream.Outstanding <= idle, "it is back in the pool, or gone");
        }
    }

    private static async Task EndAsync(Pair pair, int how)
    {
        switch (how)
        {
            case 0:
                await pair.Client.CloseAsync().Soon();
                break;
            case 1:
                pair.Server.Abort();
                break;
            case 2:
                pair.Client.Abort();
                break;
            case 3:
                await pair.Server.CloseAsync(CloseCode.GoingAway).Soon();
                break;
            case 4:
                await Task.WhenAll(pair.Server.CloseAsync(), pair.Client.CloseAsync()).Soon();
                break;
            default:
                await pair.Host.StopAsync(TimeSpan.Zero).Soon();
                break;
        }
    }
}
