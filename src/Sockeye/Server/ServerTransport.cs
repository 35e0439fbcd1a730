namespace Sockeye;

/// <summary>How a server moves bytes.</summary>
public enum ServerTransport
{
    /// <summary>Sockets of the base library, on every platform.</summary>
    Sockets,

    /// <summary>
    /// Event loops on Linux's epoll: a few threads read for all connections, which cost less. TLS, attached streams and other platforms are
    /// served by sockets all the same.
    /// </summary>
    Epoll,
}
