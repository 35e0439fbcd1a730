using Sockeye.Connections;

namespace Sockeye.Tests.Connections;

public sealed class SegmentQueueTests
{
    [Theory]
    [InlineData(10, 32, 1)]
    [InlineData(1000, 32, 3)]
    [InlineData(4000, 15, 3)]
    public void A_burst_leaves_in_a_few_writes(int size, int frames, int most)
    {
        var queue = new SegmentQueue(masks: false);
        byte[] payload = new byte[size];
        for (int i = 0; i < frames; i++)
        {
            queue.AppendFrame(0x82, payload);
        }

        (int writes, long bytes) = (0, queue.Length);
        while (!queue.IsEmpty)
        {
            var (first, second) = queue.Peek();
            queue.Advance(first.Length + second.Length);
            bytes -= first.Length + second.Length;
            writes++;
        }

        Assert.Equal((0, 0), (bytes, queue.Length));
        Assert.InRange(writes, 1, most);
    }
}
