namespace Sockeye;

/// <summary>How a server moves bytes.</summary>
public enum ServerTransport
{
    /// <summary>Sockets of the base library, on every platform.</summary>
    Sockets,

    /// <summary>
    /// Event loops on Linux's epoll: a few threads read for all connections, which cost less; TLS too. What is attached is
    /// not served by them, and on other platforms sockets are used all the same, which is said in the log at the start.
    /// </summary>
    Epoll,
}
