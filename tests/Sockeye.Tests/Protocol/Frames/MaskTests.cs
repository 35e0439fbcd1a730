using Sockeye.Protocol.Frames;

namespace Sockeye.Tests.Protocol.Frames;

public sealed class MaskTests
{
    [Theory]
    [InlineData(0x3D21FA37u)] // bytes 37 FA 21 3D, the key of RFC 6455 §5.7
    [InlineData(0x04030201u)]
    [InlineData(0xFF0000FFu)]
    [InlineData(0x80000000u)]
    [InlineData(0u)]
    public void Every_length_and_phase_and_alignment_is_as_in_a_plain_loop(uint key)
    {
        byte[] keyBytes = [(byte)key, (byte)(key >> 8), (byte)(key >> 16), (byte)(key >> 24)];
        byte[] source = new byte[310];
        new Random(53).NextBytes(source);
        byte[] expected = new byte[310], inPlace = new byte[310], copied = new byte[310];
        for (int length = 0; length <= 300; length++)
        for (int phase = 0; phase < 4; phase++)
        for (int start = 0; start < 9; start++)
        {
            source.CopyTo(expected, 0);
            for (int i = 0; i < length; i++)
            {
                expected[start + i] ^= keyBytes[(phase + i) % 4];
            }

            source.CopyTo(inPlace, 0);
            Mask.Apply(inPlace.AsSpan(start, length), key, phase);
            Assert.True(expected.AsSpan().SequenceEqual(inPlace), $"in place: {length} bytes from {start}, phase {phase}");

            // To another alignment; nothing around the target is touched.
            int target = 8 - start;
            copied.AsSpan().Fill(0xDD);
            Mask.Copy(source.AsSpan(start, length), copied.AsSpan(target, length + 1), key, phase);
            bool same = expected.AsSpan(start, length).SequenceEqual(copied.AsSpan(target, length))
                && !copied.AsSpan(0, target).ContainsAnyExcept((byte)0xDD)
                && !copied.AsSpan(target + length).ContainsAnyExcept((byte)0xDD);
            Assert.True(same, $"copy: {length} bytes from {start}, phase {phase}");
        }
    }

    [Fact]
    public void The_example_of_the_standard_is_masked_and_unmasked()
    {
        byte[] data = "Hello"u8.ToArray();
        Mask.Apply(data, 0x3D21FA37);
        Assert.Equal(new byte[] { 0x7F, 0x9F, 0x4D, 0x51, 0x58 }, data); // RFC 6455 §5.7
        Mask.Apply(data, 0x3D21FA37);
        Assert.Equal("Hello"u8, data);
    }

    [Fact]
    public void A_short_target_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Mask.Copy(new byte[5], new byte[4], 1));
}
