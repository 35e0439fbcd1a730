using System.IO.Pipelines;
using System.Net.Sockets;
using Sockeye.Connections;
using Sockeye.Protocol.Handshake;
using Sockeye.Server;
using Sockeye.Transports.Sockets;
using Sockeye.Transports.Pipes;
using Sockeye.Transports.Streams;

namespace Sockeye;

// Serving what was not accepted here.
public sealed partial class WebSocketServer
{
    /// <summary>Serves one stream, as if it had been accepted: TLS of one's own, a pipe, a test.</summary>
    /// <param name="stream">Two directions; the server owns it from now on. Of streams that are neither TLS nor sockets a read is always pending, with a small buffer.</param>
    /// <param name="isSecure">Whether the stream is encrypted.</param>
    /// <remarks>Any host is answered, unless <see cref="WebSocketServerOptions.AllowedHosts"/> names some.</remarks>
    /// <exception cref="InvalidOperationException">The server is full or stopping.</exception>
    public void Attach(Stream stream, bool isSecure = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Attach(new StreamLink(stream, StreamLinkDetails.Of(stream, isSecure)));
    }

    /// <summary>Serves one connected socket, as if it had been accepted.</summary>
    /// <param name="socket">A stream socket; the server owns it from now on.</param>
    /// <remarks>Any host is answered, unless <see cref="WebSocketServerOptions.AllowedHosts"/> names some.</remarks>
    /// <exception cref="InvalidOperationException">The server is full or stopping.</exception>
    public void Attach(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Attach(new SocketLink(socket));
    }

    /// <summary>Serves one pair of pipes, as if it had been accepted.</summary>
    /// <param name="pipe">The server's ends; the server owns them from now on.</param>
    /// <param name="isSecure">Whether the pipes lead through TLS.</param>
    /// <remarks>Any host is answered, unless <see cref="WebSocketServerOptions.AllowedHosts"/> names some.</remarks>
    /// <exception cref="InvalidOperationException">The server is full or stopping.</exception>
    public void Attach(IDuplexPipe pipe, bool isSecure = false)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        Attach(new PipeLink(pipe.Input, pipe.Output, new PipeLinkDetails { IsSecure = isSecure }));
    }

    internal void Attach(Transports.Link link)
    {
        if (!_registry.TryEnter(link))
        {
            link.Cut();
            throw new InvalidOperationException("The server is full or stopping.");
        }

        long deadline = Deadlines.Of(_options.TimeProvider).In(_options.HandshakeTimeout);
        Listener.Admit(_keeper, _registry, link, HostPolicyOfStreams(), deadline);
    }

    private HostPolicy? HostPolicyOfStreams() =>
        _options.AllowedHosts.Count > 0 ? HostPolicy.For(loopback: false, _options.AllowedHosts) : null;
}
