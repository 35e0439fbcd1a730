using System.Net;
using System.Net.Sockets;
using Sockeye.Transports;
using Sockeye.Transports.Epoll;
using Sockeye.Transports.Sockets;

namespace Sockeye.Client;

/// <summary>How a client reaches an address: by the event loops that all clients of the process share, or by a socket of the base library.</summary>
internal static class Dialing
{
    private static readonly Lock s_lock = new();
    private static EpollGroup? s_loops;

    /// <summary>Connects to where the address or the options point.</summary>
    /// <param name="url">The address.</param>
    /// <param name="options">The client's options.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="resolve">Finds the addresses of a name; the system by default.</param>
    public static Task<Link> ConnectAsync(
        Uri url, WebSocketClientOptions options, CancellationToken cancellationToken, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        var loops = options.UseEventLoops && EpollGroup.IsSupported ? Loops(options) : null;
        Task<Link> DialAsync(EndPoint address, CancellationToken end) =>
            loops is null ? BySocketAsync(address, end) : EpollConnector.ConnectAsync(loops, address, end);

        return options.UnixSocketPath is { } path
            ? DialAsync(new UnixDomainSocketEndPoint(path), cancellationToken)
            : AddressRace.ConnectAsync( // by the name in ASCII: resolvers know no other
                url.IdnHost, url.Port, resolve ?? Dns.GetHostAddressesAsync, DialAsync, static link => link.Discard(), options.TimeProvider, cancellationToken);
    }

    private static async Task<Link> BySocketAsync(EndPoint address, CancellationToken cancellationToken)
    {
        bool unix = address is UnixDomainSocketEndPoint;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return new SocketLink(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Made when the first client needs them, and kept: their threads sleep while nothing arrives.
    private static EpollGroup Loops(WebSocketClientOptions options)
    {
        lock (s_lock)
        {
            return s_loops ??= new EpollGroup(
                Environment.ProcessorCount,
                HandlerDispatch.Automatic,
                Diagnostics.GuardedLogger.From(options.LoggerFactory, "Sockeye.Client"),
                "Sockeye client loop");
        }
    }
}
