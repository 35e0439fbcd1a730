namespace Sockeye.Tests.Support;

/// <summary>The transports that every test of connections runs on.</summary>
public enum TransportKind
{
    /// <summary>TCP by sockets.</summary>
    Sockets,

    /// <summary>TCP by event loops.</summary>
    Epoll,

    /// <summary>TLS over TCP by sockets.</summary>
    Tls,

    /// <summary>TLS over TCP by event loops.</summary>
    EpollTls,

    /// <summary>A pair of pipes as streams.</summary>
    Pipes,

    /// <summary>A pair of links within the process.</summary>
    Memory,
}
