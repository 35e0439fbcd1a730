using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sockeye.Transports.Epoll;

/// <summary>The address of a socket's end as the kernel writes it (sockaddr_in, sockaddr_in6), kept without an object of its own.</summary>
[InlineArray(Length)]
internal unsafe struct SocketName
{
    /// <summary>Bytes of a sockaddr_in6, the longer of the two.</summary>
    public const int Length = 28;

    private const int FamilyInet = 2;
    private const int FamilyInet6 = 10;

    private byte _first;

    public static SocketName OfLocal(int descriptor)
    {
        var name = default(SocketName);
        int length = Length;
        _ = Native.LocalName(descriptor, (byte*)Unsafe.AsPointer(ref name), &length);
        return name;
    }

    public readonly EndPoint? ToEndPoint()
    {
        ReadOnlySpan<byte> bytes = this;
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return MemoryMarshal.Read<ushort>(bytes) switch
        {
            FamilyInet => new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port),
            FamilyInet6 => new IPEndPoint(new IPAddress(bytes.Slice(8, 16), MemoryMarshal.Read<uint>(bytes[24..])), port),
            _ => null,
        };
    }
}
