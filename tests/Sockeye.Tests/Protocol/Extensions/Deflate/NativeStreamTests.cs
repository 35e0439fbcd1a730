using System.Runtime.CompilerServices;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Tests.Connections;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Extensions.Deflate;

[Collection(nameof(ChurnTests.Alone))]
public sealed class NativeStreamTests
{
    [Fact]
    public void It_is_given_back_once_and_cannot_be_used_after()
    {
        var deflater = new NativeDeflater(new DeflaterSettings(1, 15, 8));
        long open = NativeStream.Outstanding;
        deflater.Dispose();
        deflater.Dispose();

        Assert.Equal(open - 1, NativeStream.Outstanding);
        Assert.Throws<ObjectDisposedException>(() =>
        {
            ReadOnlySpan<byte> input = "x"u8;
            deflater.Deflate(ref input, new byte[100], forget: false);
        });
    }

    [Fact]
    public async Task One_that_was_lost_is_given_back_by_its_finalizer()
    {
        long before = NativeStream.Outstanding;
        Lose();
        await Waits.Until(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return NativeStream.Outstanding <= before;
            },
            "it is given back");
    }

    [Fact]
    public void Settings_that_the_library_refuses_are_an_error() =>
        Assert.Throws<InsufficientMemoryException>(() => new NativeDeflater(new DeflaterSettings(1, 16, 8)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Lose() => _ = new NativeInflater();
}
