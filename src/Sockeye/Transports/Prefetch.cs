using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Sockeye.Transports;

/// <summary>Tells the processor that objects will be used soon: those of thousands of connections do not fit its caches.</summary>
internal static class Prefetch
{
    private const int CacheLine = 64;

    /// <summary>Has an object fetched, of which only the address is used. Only a hint: if it moves meanwhile, memory is fetched that nobody wants.</summary>
    /// <param name="what">Nothing, too.</param>
    /// <param name="lines">How many lines of the cache it takes, about.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Object(object? what, int lines)
    {
        if (Sse.IsSupported)
        {
            byte* start = (byte*)Unsafe.As<object?, nint>(ref what) - sizeof(nint); // its lock stands before it
            for (int i = 0; i < lines; i++)
            {
                Sse.Prefetch0(start + (i * CacheLine));
            }
        }
    }
}
