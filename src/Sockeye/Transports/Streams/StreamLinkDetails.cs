using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Sockeye.Transports.Streams;

/// <summary>What a stream cannot tell of itself.</summary>
internal sealed record StreamLinkDetails
{
    public EndPoint? Remote { get; init; }

    public EndPoint? Local { get; init; }

    public bool IsSecure { get; init; }

    /// <summary>Whether a read of zero bytes waits for data, so that no buffer is held meanwhile.</summary>
    public bool ZeroByteReads { get; init; }

    /// <summary>Ends the sending direction only.</summary>
    public Func<ValueTask>? ShutdownSend { get; init; }

    /// <summary>A stream that somebody hands over: what can be known of it by its type.</summary>
    public static StreamLinkDetails Of(Stream stream, bool isSecure) => stream switch
    {
        SslStream tls => new() { IsSecure = true, ZeroByteReads = true, ShutdownSend = () => new ValueTask(tls.ShutdownAsync()) },
        NetworkStream network => new()
        {
            Remote = network.Socket.RemoteEndPoint,
            Local = network.Socket.LocalEndPoint,
            IsSecure = isSecure,
            ZeroByteReads = true,
            ShutdownSend = () =>
            {
                network.Socket.Shutdown(SocketShutdown.Send);
                return default;
            },
        },
        _ => new() { IsSecure = isSecure },
    };
}
