using System.IO.Pipelines;
using System.Net.Sockets;
using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Frames;
using Sockeye.Transports;
using Sockeye.Transports.Pipes;
using Sockeye.Transports.Sockets;
using Sockeye.Transports.Streams;

namespace Sockeye;

/// <summary>
/// Makes a connection of a socket, stream or pair of pipes whose opening handshake somebody else has done, such as another HTTP server
/// with <see cref="WebSocketHandshake"/>. Where the handshake is still to come, hand it to the server's or the client's own methods.
/// </summary>
public static class WebSocketTakeover
{
    /// <summary>Takes a stream over.</summary>
    /// <param name="stream">Two directions; the connection owns it from now on. The response, if this is the server, was sent already.</param>
    /// <param name="options">What is known of the handshake; an RFC 6455 server's if null.</param>
    /// <returns>An open connection, the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static WebSocketConnection Open(Stream stream, TakeoverOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options = Check(options);
        return Open(new StreamLink(stream, StreamLinkDetails.Of(stream, options.IsSecure)), options);
    }

    /// <summary>Takes a connected socket over.</summary>
    /// <inheritdoc cref="Open(Stream, TakeoverOptions?)"/>
    /// <param name="socket">A connected stream socket; the connection owns it from now on.</param>
    /// <param name="options">What is known of the handshake; an RFC 6455 server's if null.</param>
    public static WebSocketConnection Open(Socket socket, TakeoverOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        options = Check(options);
        return Open(new SocketLink(socket), options);
    }

    /// <summary>Takes a pair of pipes over.</summary>
    /// <inheritdoc cref="Open(Stream, TakeoverOptions?)"/>
    /// <param name="pipe">This end's pipes; the connection owns them from now on.</param>
    /// <param name="options">What is known of the handshake; an RFC 6455 server's if null.</param>
    public static WebSocketConnection Open(IDuplexPipe pipe, TakeoverOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        options = Check(options);
        return Open(new PipeLink(pipe.Input, pipe.Output, new PipeLinkDetails { IsSecure = options.IsSecure }), options);
    }

    internal static WebSocketConnection Open(Link link, TakeoverOptions options)
    {
        var dialect = Dialect.Of(options.Dialect);
        var role = options.IsServer ? Role.Server : Role.Client;
        bool masks = role == Role.Client && dialect.Has(DialectTraits.Masking);
        var outbox = new Outbox(link, masks, options.SendBacklogBytes, options.SlowPeer);
        var logger = GuardedLogger.From(options.LoggerFactory, options.IsServer ? "Sockeye.Server" : "Sockeye.Client");
        var core = new ConnectionCore(link, outbox, role, options, logger, ConnectionIds.Next(), dialect, options.Deflate);
        var connection = new WebSocketConnection(core, options.Request)
        {
            SubProtocol = options.SubProtocol,
            Extensions = options.Extensions,
        };
        Log.Opened(logger, connection.Id, connection.RemoteEndPoint, connection.SubProtocol);
        core.Start();
        core.Intake.TakeOver(options.Received.ToArray()); // a link that does not push yet counts as paused
        using (ExecutionContext.SuppressFlow())
        {
            link.Start();
        }

        return connection;
    }

    private static TakeoverOptions Check(TakeoverOptions? options)
    {
        return WebSocketOptions.Take(options ?? new TakeoverOptions());
    }
}
