using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>An array of struct epoll_event, which is packed on x64 and nowhere else.</summary>
internal sealed unsafe class EpollEvents
{
    public static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int s_dataAt = Size - sizeof(ulong);

    private readonly byte[] _array;

    public EpollEvents(int count)
    {
        _array = GC.AllocateArray<byte>(count * Size, pinned: true);
        Count = count;
        Pointer = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
    }

    public int Count { get; }

    public byte* Pointer { get; }

    /// <summary>Writes one event at the given place, at least <see cref="Size"/> bytes.</summary>
    public static void Write(byte* target, uint events, ulong data)
    {
        *(uint*)target = events;
        System.Runtime.CompilerServices.Unsafe.WriteUnaligned(target + s_dataAt, data);
    }

    public (uint Events, ulong Data) Read(int index)
    {
        byte* at = Pointer + (index * Size);
        return (*(uint*)at, System.Runtime.CompilerServices.Unsafe.ReadUnaligned<ulong>(at + s_dataAt));
    }
}
