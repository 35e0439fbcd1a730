using Sockeye.Protocol.Extensions.Deflate;

namespace Sockeye.Tests.Protocol.Extensions.Deflate;

public sealed class MessageInflaterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(16_384)]
    public void Any_room_brings_the_same(int room)
    {
        using var deflater = new MessageDeflater(new DeflaterSettings(6, 15, 8), keepsContext: true);
        using var inflater = new MessageInflater(keepsContext: true);
        foreach (byte[] message in Samples.Of(seed: 5, count: 100))
        {
            byte[] rented = deflater.Deflate(message, true, true, out int length)!;
            Assert.Equal(message, Inflate(inflater, rented.AsSpan(0, length), room));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public void A_final_block_that_just_fills_the_room_ends_the_message(int room)
    {
        using var inflater = new MessageInflater(keepsContext: true);
        byte[] hello = Convert.FromHexString("f348cdc9c90700");

        Assert.Equal("Hello"u8.ToArray(), Inflate(inflater, hello, room));
        Assert.Equal("HelloHello"u8.ToArray(), Inflate(inflater, [.. hello, .. hello, 0], room));
    }

    [Fact]
    public void What_stays_in_the_decompressor_is_told()
    {
        using var inflater = new MessageInflater(keepsContext: false);
        ReadOnlySpan<byte> input = MessageDeflater.Prepare(new byte[1000], new DeflaterSettings(1, 15, 8));
        Span<byte> output = new byte[999];

        Assert.True(inflater.TryInflate(ref input, true, output, out int written, out bool complete));
        Assert.Equal((999, false, true), (written, complete, inflater.HasMore));
        Assert.True(inflater.TryInflate(ref input, true, output, out written, out complete));
        Assert.Equal((1, true, false), (written, complete, inflater.HasMore));
    }

    private static byte[]? Inflate(MessageInflater inflater, ReadOnlySpan<byte> payload, int room)
    {
        List<byte> all = [];
        byte[] output = new byte[room];
        while (inflater.TryInflate(ref payload, true, output, out int written, out bool complete))
        {
            all.AddRange(output[..written]);
            if (complete)
            {
                return [.. all];
            }
        }

        return null;
    }
}
