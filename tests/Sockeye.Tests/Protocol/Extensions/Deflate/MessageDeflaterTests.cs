using System.Buffers;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Tests.Protocol.Support;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Extensions.Deflate;

public sealed class MessageDeflaterTests
{
    public static TheoryData<int, int> LevelsAndWindows => [.. from level in Enumerable.Range(1, 9) from window in Enumerable.Range(8, 8) select (level, window)];

    [Theory]
    [MemberData(nameof(LevelsAndWindows))]
    public void References_stay_within_the_window_that_was_agreed_on(int level, int windowBits)
    {
        using var deflater = new MessageDeflater(new DeflaterSettings(level, windowBits, 8), keepsContext: true);
        var strict = new StrictInflater(1 << windowBits);
        foreach (byte[] message in Samples.Of(seed: level * 100 + windowBits, count: 80))
        {
            Assert.Equal(message, strict.Message(Deflate(deflater, message)!));
        }

        Assert.InRange(strict.Farthest, 1 << (windowBits - 2), 1 << windowBits); // the data does reach back
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(9)]
    public void A_window_of_256_bytes_is_never_left(int level)
    {
        using var deflater = new MessageDeflater(new DeflaterSettings(level, 8, 8), keepsContext: true);
        var strict = new StrictInflater(256);
        foreach (byte[] message in Samples.Of(seed: level, count: 2000, mostBytes: 600))
        {
            Assert.Equal(message, strict.Message(Deflate(deflater, message)!));
        }

        Assert.InRange(strict.Farthest, 240, 250);
    }

    [Theory]
    [MemberData(nameof(LevelsAndWindows))]
    public void Without_a_context_no_message_refers_behind_its_start(int level, int windowBits)
    {
        var settings = new DeflaterSettings(level, windowBits, 8);
        using var deflater = new MessageDeflater(settings, keepsContext: false);
        var strict = new StrictInflater(1 << windowBits);
        int compressed = 0;

        // One message after the other by one compressor, with much in common: what it remembered of the last ones would be used.
        foreach (byte[] message in Samples.Of(seed: level * 100 + windowBits, count: 40).SelectMany(m => new[] { m, m }))
        {
            if (Deflate(deflater, message) is { } payload)
            {
                compressed++;
                Assert.True(payload.Length < message.Length);
                Assert.Equal(message, strict.Message(payload, forget: true));
            }
        }

        Assert.InRange(compressed, 30, 80);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fragments_together_are_one_message(bool keepsContext)
    {
        using var deflater = new MessageDeflater(new DeflaterSettings(1, 15, 8), keepsContext);
        var strict = new StrictInflater(32768);
        var random = new Random(7);
        foreach (byte[] message in Samples.Of(seed: 3, count: 200))
        {
            List<byte> payload = [];
            int from = 0;
            while (from < message.Length)
            {
                int count = random.Next(message.Length - from + 1); // an empty fragment now and then
                payload.AddRange(Deflate(deflater, message.AsSpan(from, count), whole: false, fin: false)!);
                from += count;
            }

            payload.AddRange(Deflate(deflater, default, whole: false, fin: true)!);
            Assert.Equal(message, strict.Message(payload.ToArray(), forget: !keepsContext));
        }
    }

    [Fact]
    public void An_empty_message_is_one_byte()
    {
        using var deflater = new MessageDeflater(new DeflaterSettings(1, 15, 8), keepsContext: true);

        Assert.Equal([0], Deflate(deflater, default));
        Assert.NotNull(Deflate(deflater, "something"u8));
        Assert.Equal([0], Deflate(deflater, default));
        Assert.Equal([0], Deflate(deflater, default));
    }

    [Fact]
    public void What_does_not_get_smaller_is_left_as_it_is_where_nothing_depends_on_it()
    {
        byte[] noise = new byte[2000];
        new Random(1).NextBytes(noise);
        using var shared = new MessageDeflater(new DeflaterSettings(1, 15, 8), keepsContext: false);
        using var own = new MessageDeflater(new DeflaterSettings(1, 15, 8), keepsContext: true);

        Assert.Null(Deflate(shared, noise));
        Assert.Equal(noise, new StrictInflater(32768).Message(Deflate(own, noise)!));
        Assert.Null(MessageDeflater.Prepare(noise, shared.Settings));
    }

    [Fact]
    public void After_a_message_that_passed_it_by_nothing_refers_to_what_was_before()
    {
        using var deflater = new MessageDeflater(new DeflaterSettings(6, 15, 8), keepsContext: true);
        var strict = new StrictInflater(32768);
        byte[] message = Samples.Json(1, 2000);
        byte[] prepared = MessageDeflater.Prepare(message, deflater.Settings)!;
        int alone = Deflate(deflater, message)!.Length;
        strict.Message(prepared, forget: true);
        deflater.Skipped();

        byte[] next = Deflate(deflater, message)!;
        Assert.Equal(message, strict.Message(next, forget: true));
        Assert.Equal(alone, next.Length, 5.0);
        Assert.Equal(message, strict.Message(Deflate(deflater, message)!));
    }

    [Fact]
    public void A_large_message_comes_out_whole()
    {
        byte[] noise = new byte[600_000];
        new Random(2).NextBytes(noise);
        using var own = new MessageDeflater(new DeflaterSettings(1, 9, 1), keepsContext: true);

        Assert.Equal(noise, new StrictInflater(512).Message(Deflate(own, noise)!));
    }

    [Fact]
    public void Compressing_allocates_nothing()
    {
        using var shared = new MessageDeflater(new DeflaterSettings(1, 15, 8), keepsContext: false);
        using var own = new MessageDeflater(new DeflaterSettings(1, 15, 8), keepsContext: true);
        byte[] message = Samples.Json(1, 1024);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                ArrayPool<byte>.Shared.Return(shared.Deflate(message, true, true, out _)!);
                ArrayPool<byte>.Shared.Return(own.Deflate(message, true, true, out _)!);
            }
        }));
    }

    private static byte[]? Deflate(MessageDeflater deflater, ReadOnlySpan<byte> message, bool whole = true, bool fin = true)
    {
        byte[]? rented = deflater.Deflate(message, whole, fin, out int length);
        byte[]? result = rented?.AsSpan(0, length).ToArray();
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return result;
    }
}
