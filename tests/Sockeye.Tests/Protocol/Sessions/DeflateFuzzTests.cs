using System.Buffers;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;
using Sockeye.Tests.Protocol.Extensions.Deflate;
using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Sessions;

/// <summary>Random compressed streams from a fixed seed: untouched ones give what was compressed, touched ones the same however they are cut.</summary>
public sealed class DeflateFuzzTests
{
    private const int Streams = 6000;

    private static readonly MessageLimits s_limits = new(MaxMessageBytes: 2000, MaxFrameBytes: 1500, MaxFragments: 5);

    [Theory]
    [InlineData(true, 15)]
    [InlineData(true, 8)]
    [InlineData(false, 15)]
    public void Any_stream_is_read_the_same_however_it_is_cut(bool keepsContext, int windowBits)
    {
        var random = new Random(windowBits + (keepsContext ? 7692 : 0));
        var agreed = new DeflateParameters(!keepsContext, !keepsContext, windowBits, windowBits);
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Streams; i++)
        {
            var wire = new Wire(masked: true);
            var expected = Build(random, wire, keepsContext, windowBits);
            byte[] bytes = wire.Bytes;
            bool touched = random.Next(3) > 0;
            for (int changes = touched ? random.Next(1, 4) : 0; changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            var whole = Replay.Run(Role.Server, s_limits, agreed, bytes);
            if (!touched)
            {
                AssertSame(expected, whole, bytes);
            }

            int[] cuts = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(bytes.Length + 1)).Order()];
            AssertSame(whole, Replay.Run(Role.Server, s_limits, agreed, bytes, cuts), bytes);
            if (random.Next(10) == 0)
            {
                AssertSame(whole, Replay.ByteByByte(Role.Server, s_limits, bytes, agreed), bytes);
            }

            string end = whole.Count > 0 && whole[^1].StartsWith("violation", StringComparison.Ordinal) ? whole[^1] : "read";
            seen[end] = seen.GetValueOrDefault(end) + 1;
        }

        string[] kinds = ["read", "violation: 1002 §5.2", "violation: 1007 §7.2.2", "violation: 1007 §8.1", "violation: 1009 §8", "violation: 1009 §10.4"];
        Assert.All(kinds, kind => Assert.True(seen.GetValueOrDefault(kind) >= 5, $"{kind}: {seen.GetValueOrDefault(kind)}"));
    }

    private static List<string> Build(Random random, Wire wire, bool keepsContext, int windowBits)
    {
        List<string> expected = [];
        using var deflater = new MessageDeflater(new DeflaterSettings(random.Next(1, 10), windowBits, 8), keepsContext);
        foreach (byte[] message in Samples.Of(random.Next(), random.Next(1, 5), mostBytes: 2050))
        {
            if (random.Next(6) == 0)
            {
                wire.Ping("p");
                expected.Add("ping: p");
            }

            bool text = message.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)127) < 0;
            byte[]? rented = deflater.Deflate(message, true, true, out int length);
            if (rented is null)
            {
                wire.Frame(text ? 0x81 : 0x82, message);
            }
            else
            {
                Cut(random, wire, text ? 0x41 : 0x42, rented.AsSpan(0, length).ToArray());
                ArrayPool<byte>.Shared.Return(rented);
                if (message.Length > s_limits.MaxMessageBytes)
                {
                    expected.Add("violation: 1009 §8");
                    return expected;
                }
            }

            if (message.Length > s_limits.MaxMessageBytes || (rented is null && message.Length > s_limits.MaxFrameBytes))
            {
                expected.Add("violation: 1009 §10.4");
                return expected;
            }

            expected.Add((text ? "text: " : "binary: ") + Replay.Show(message));
        }

        return expected;
    }

    private static void Cut(Random random, Wire wire, int first, byte[] payload)
    {
        int[] cuts = payload.Length > s_limits.MaxFrameBytes ? [1000]
            : [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(payload.Length + 1)).Order()];
        int from = 0;
        foreach (int cut in cuts)
        {
            wire.Frame(first, payload[from..cut]);
            (from, first) = (cut, 0);
        }

        wire.Frame(first | 0x80, payload[from..]);
    }

    private static void AssertSame(List<string> expected, List<string> found, byte[] wire)
    {
        if (!expected.SequenceEqual(found))
        {
            Assert.Fail($"{Convert.ToHexString(wire)}\nexpected:\n{Replay.Printable(expected)}\nfound:\n{Replay.Printable(found)}");
        }
    }
}
