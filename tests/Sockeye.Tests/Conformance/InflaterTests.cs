using Sockeye.Conformance.Wire;

namespace Sockeye.Tests.Conformance;

public class InflaterTests
{
    [Theory]
    [InlineData(9, 512, true)]
    [InlineData(9, 513, false)]
    [InlineData(10, 1024, true)]
    [InlineData(10, 1025, false)]
    public void A_reference_beyond_the_agreed_window_is_refused(int bits, int distance, bool good)
    {
        using var inflater = new Inflater(freshEachTime: false, bits);
        byte[] message = Random(distance);
        byte[] first = Deflated([.. message, .. message]); // the second half refers exactly so far back

        if (good)
        {
            Assert.Equal([.. message, .. message], inflater.Inflate(first));
        }
        else
        {
            var fault = Assert.Throws<InvalidDataException>(() => inflater.Inflate(first));
            Assert.Contains($"{distance} bytes back, in a window of {1 << bits}", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(100_000)]
    public void The_strict_decoder_reads_what_the_platform_writes(int length)
    {
        byte[] text = [.. Enumerable.Range(0, length).Select(i => (byte)"abracadabra, said the salmon"[(int)((long)i * i % 28)])];

        Assert.Equal(text, new StrictInflater(32768).Inflate([.. Deflated(text), 0, 0, 0xff, 0xff]));
    }

    private static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Deflated(byte[] message)
    {
        using var deflater = new Deflater(new Negotiated(true));
        return deflater.Deflate(message);
    }
}
