using Sockeye.Protocol.Framing;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Framing;

public sealed class SentinelFramingTests
{
    [Fact]
    public void What_is_written_is_what_the_draft_prints()
    {
        Span<byte> head = stackalloc byte[14];
        Assert.Equal(1, SentinelFraming.WriteHead(head));
        Assert.Equal(0, head[0]);
        Assert.Equal([0xFF], SentinelFraming.Tail.ToArray());
        Assert.Equal([0xFF, 0x00], SentinelFraming.Close.ToArray());
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8100")]
    [InlineData(300, "822C")]
    [InlineData(16384, "818000")]
    public void Lengths_are_base_128_with_the_high_bit_for_more(int length, string coded)
    {
        // As much is passed over as the length says: the text behind it is found, and one byte fewer would leave a byte in front of it.
        byte[] wire = [0x80, .. Convert.FromHexString(coded), .. new byte[length].Select(_ => (byte)0x41), 0, 0x62, 0xFF];
        Span<byte> input = wire;
        var framing = new SentinelFraming(hasCloseFrame: true, maxBytes: 1 << 20);
        var piece = default(FramePiece);
        Assert.True(framing.TryRead(ref input, ref piece));
        Assert.Equal("b"u8, piece.Text);
        Assert.True(piece.EndOfMessage);
        Assert.True(framing.IsBetweenFrames);
        Assert.True(input.IsEmpty);
    }

    [Fact]
    public void No_memory_is_taken_for_what_is_passed_over()
    {
        byte[] wire = new byte[1000];
        byte[] head = [0x80, 0xC0, 0x80, 0x00]; // 1 MiB
        bool found = false;
        Assert.Equal(0, Allocations.Least(() =>
        {
            var framing = new SentinelFraming(hasCloseFrame: true, maxBytes: 1 << 20);
            var piece = default(FramePiece);
            Span<byte> input = head;
            found |= framing.TryRead(ref input, ref piece);
            input = wire;
            found |= framing.TryRead(ref input, ref piece);
        }));
        Assert.False(found);
    }
}
