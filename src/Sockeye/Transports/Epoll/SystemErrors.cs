using System.Net.Sockets;

namespace Sockeye.Transports.Epoll;

/// <summary>Error numbers of Linux as the base library names them.</summary>
internal static class SystemErrors
{
    public static SocketException ToException(int number) => new((int)(number switch
    {
        2 or 99 => SocketError.AddressNotAvailable,
        11 => SocketError.WouldBlock,
        13 => SocketError.AccessDenied,
        Native.NoMemory or Native.NoBuffers => SocketError.NoBufferSpaceAvailable,
        Native.TooManyFiles or Native.TooManyFilesInSystem => SocketError.TooManyOpenSockets,
        32 => SocketError.Shutdown,
        97 => SocketError.AddressFamilyNotSupported,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    }));
}
