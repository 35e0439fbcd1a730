using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Tests.Protocol.Extensions.Deflate;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Connections;

public sealed class PreparedMessageTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(false, 15)]
    [InlineData(false, 9)]
    [InlineData(true, 15)]
    [InlineData(true, 10)]
    public async Task It_arrives_between_others_on_any_connection(bool? takeover, int? window)
    {
        await using var pair = await Pair.OpenAsync(TransportKind.Epoll, both: o => o.Compression = takeover is { } keeps
            ? new CompressionOptions { ServerContextTakeover = keeps, ClientContextTakeover = keeps, ServerMaxWindowBits = window!.Value, Level = 6 }
            : null);
        byte[] json = Samples.Json(1, 3000);
        var prepared = new PreparedMessage(json, MessageType.Text);
        for (int i = 0; i < 10; i++)
        {
            await pair.Server.SendAsync(Samples.Json(2, 1000 + i), MessageType.Text).Soon();
            Assert.True(pair.Server.TrySend(prepared));
            await pair.Server.SendAsync(prepared).Soon();
            await pair.Client.SendAsync(prepared).Soon();
            Assert.Equal(1000 + i, (await pair.Client.ReceiveAsync().Soon()).Length);
            foreach (var receiver in new[] { pair.Client, pair.Client, pair.Server })
            {
                var message = await receiver.ReceiveAsync().Soon();
                Assert.Equal(MessageType.Text, message.Type);
                Assert.True(message.Span.SequenceEqual(json));
            }
        }
    }

    [Fact]
    public void It_is_compressed_once_for_all_that_are_set_alike()
    {
        var prepared = new PreparedMessage(Samples.Json(1, 3000), MessageType.Binary);
        using var a = Deflater(15);
        using var b = Deflater(15);
        using var c = Deflater(9);

        Assert.Same(prepared.For(a), prepared.For(b));
        Assert.NotSame(prepared.For(a), prepared.For(c));
        Assert.Same(prepared.For(a), prepared.For(b));
        Assert.Null(prepared.For(null));
    }

    [Fact]
    public void It_is_left_as_it_is_below_the_threshold_or_if_told_so()
    {
        using var deflater = Deflater(15);

        Assert.Null(new PreparedMessage(Samples.Json(1, 255), MessageType.Text).For(deflater));
        Assert.NotNull(new PreparedMessage(Samples.Json(1, 256), MessageType.Text).For(deflater));
        Assert.Null(new PreparedMessage(Samples.Json(1, 3000), MessageType.Text, MessageFlags.DisableCompression).For(deflater));
    }

    [Fact]
    public void It_checks_what_it_is_made_of()
    {
        Assert.Throws<ArgumentException>(() => new PreparedMessage([0xFF], MessageType.Text));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PreparedMessage([], (MessageType)8));
        Assert.Throws<ArgumentNullException>(() => new PreparedMessage(null!));
        Assert.Equal((5, MessageType.Text), (new PreparedMessage("Grüß\uD800"[..4]).Length - 1, new PreparedMessage("x").Type));
    }

    private static MessageDeflater Deflater(int window) => new(new DeflaterSettings(1, window, 8), keepsContext: false, threshold: 256);
}
