namespace Sockeye.Transports.Epoll;

/// <summary>The system calls that a <see cref="SystemFault"/> can make fail.</summary>
internal enum SystemCall
{
    /// <summary>Waiting for events.</summary>
    Wait,

    /// <summary>Accepting a connection.</summary>
    Accept,

    /// <summary>Reading.</summary>
    Receive,

    /// <summary>Writing.</summary>
    Send,
}
