using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Server;
using Sockeye.Transports.Epoll;

namespace Sockeye;

/// <summary>A WebSocket server of its own: listens, opens connections by the rules of its options, runs a handler for each.</summary>
/// <remarks>Its members may be called by any thread.</remarks>
/// <example>
/// <code>
/// await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:8080", async connection =>
/// {
///     await foreach (var message in connection)
///         await connection.SendAsync(message);
/// });
/// </code>
/// </example>
public sealed partial class WebSocketServer : IAsyncDisposable
{
    private static readonly TimeSpan s_defaultDrain = TimeSpan.FromSeconds(5);

    private readonly WebSocketServerOptions _options;
    private readonly ConnectionRegistry _registry;
    private readonly GateKeeper _keeper;
    private readonly ILogger _logger;
    private readonly List<Listener> _listeners = [];
    private readonly TaskCompletionSource<IReadOnlyList<Uri>> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EpollGroup? _loops;
    private int _phase;

    /// <summary>Makes a server that does not listen yet.</summary>
    /// <param name="options">Read now; later changes have no effect on the rules.</param>
    /// <param name="handler">
    /// Runs for each open connection. When it returns, the connection is closed with 1000; when it throws, with 1011. Null where
    /// <see cref="AcceptRequestsAsync"/> is used instead.
    /// </param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public WebSocketServer(WebSocketServerOptions options, Func<WebSocketConnection, Task>? handler = null)
        : this(options, handler, null)
    {
    }

    /// <summary>Makes a server that does not listen yet, whose handler sees each message in place.</summary>
    /// <param name="options">Read now; later changes have no effect on the rules.</param>
    /// <param name="handler">Sees the messages of all connections.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public WebSocketServer(WebSocketServerOptions options, WebSocketHandler handler)
        : this(options, null, handler ?? throw new ArgumentNullException(nameof(handler)))
    {
    }

    private WebSocketServer(WebSocketServerOptions options, Func<WebSocketConnection, Task>? handler, WebSocketHandler? zeroCopy)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = WebSocketOptions.Take(options);
        _options = options;
        _logger = GuardedLogger.From(options.LoggerFactory, "Sockeye.Server");
        _registry = new ConnectionRegistry(options.MaxConnections, options.MaxConnectionsPerAddress);
        _keeper = new GateKeeper(options, _logger, _registry, handler, zeroCopy);
    }

    /// <summary>Completes with the addresses as bound, or with the error of binding them.</summary>
    public Task<IReadOnlyList<Uri>> Started => _started.Task;

    /// <summary>Completes when the server has stopped.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>The open connections, as they are while one looks.</summary>
    public IEnumerable<WebSocketConnection> Connections => _registry.Connections;

    /// <summary>How many connections are open.</summary>
    public int ConnectionCount => _registry.ConnectionCount;

    /// <summary>How many links have not finished their opening handshake, or are being turned away.</summary>
    public int HandshakeCount => _registry.HandshakeCount;

    internal WebSocketServerOptions Options => _options;

    /// <summary>Requests that wait to be accepted or rejected by the application, over ones included.</summary>
    internal int PendingCount => _keeper.Pending.Count;

    /// <summary>Threads of event loops that are stuck in handlers now.</summary>
    internal int StuckThreads => _loops?.Stuck ?? 0;

    /// <summary>Starts a server at one address.</summary>
    /// <param name="url"><c>ws://HOST:PORT</c>, or <c>unix:/PATH</c>.</param>
    /// <param name="handler">Runs for each open connection.</param>
    /// <exception cref="ArgumentException">The address makes no sense.</exception>
    /// <exception cref="IOException">The address cannot be bound; a port in use, most likely.</exception>
    public static Task<WebSocketServer> StartAsync(string url, Func<WebSocketConnection, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return StartAsync(new WebSocketServerOptions { Listen = { url } }, handler);
    }

    /// <summary>Starts a server.</summary>
    /// <param name="options">Where, whom, and how.</param>
    /// <param name="handler">Runs for each open connection; null where <see cref="AcceptRequestsAsync"/> is used.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    /// <exception cref="IOException">An address cannot be bound; a port in use, most likely.</exception>
    public static async Task<WebSocketServer> StartAsync(
        WebSocketServerOptions options, Func<WebSocketConnection, Task>? handler = null)
    {
        var server = new WebSocketServer(options, handler);
        await server.StartAsync().ConfigureAwait(false);
        return server;
    }

    /// <summary>Binds all addresses and begins to accept.</summary>
    /// <returns>The addresses as bound.</returns>
    /// <exception cref="ArgumentException">There is no address, one makes no sense, or one needs a certificate.</exception>
    /// <exception cref="IOException">An address cannot be bound. None is left bound then.</exception>
    /// <exception cref="InvalidOperationException">The server was started or stopped before, or is stopped meanwhile.</exception>
    public Task<IReadOnlyList<Uri>> StartAsync()
    {
        if (Interlocked.CompareExchange(ref _phase, 1, 0) != 0)
        {
            throw new InvalidOperationException("A server starts once. Make another to start again.");
        }

        try
        {
            IReadOnlyList<Uri> bound;
            lock (_listeners)
            {
                if (Volatile.Read(ref _phase) == 2)
                {
                    FailToStart(StoppedBefore()); // meanwhile: nobody would end what is begun now
                    return _started.Task;
                }

                bool epoll = _options.Transport == ServerTransport.Epoll && EpollGroup.IsSupported;
                _loops = epoll ? new EpollGroup(_options.Loops, _options.Dispatch, _logger) : null;
                bound = Bind();
                _listeners.ForEach(static listener => listener.Start());
            }

            foreach (var url in bound)
            {
                Log.Listening(_logger, url.OriginalString, _loops is null ? "sockets" : "epoll");
            }

            _started.TrySetResult(bound);
        }
        catch (Exception e)
        {
            Unbind();
            _loops?.Dispose();
            _keeper.EndPending();
            FailToStart(e);
            _stopped.TrySetResult();
        }

        return _started.Task;
    }

    /// <summary>
    /// The two-step way of accepting, for a server without a handler: handshakes that passed the rules, one after the other, each to be
    /// accepted or rejected. For one loop at a time. Ends when the server stops, or cannot start.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The server has a handler.</exception>
    public IAsyncEnumerable<PendingRequest> AcceptRequestsAsync(CancellationToken cancellationToken = default) => _keeper.AcceptsByItself
        ? throw new InvalidOperationException("This server has a handler, which gets all connections: make it without one to accept requests.")
        : PendingAsync(cancellationToken);

    private async IAsyncEnumerable<PendingRequest> PendingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var request in _keeper.Pending.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (request.IsWaiting)
            {
                yield return request;
            }
        }
    }

    /// <summary>
    /// Stops: accepts no more, closes every connection with 1001, waits for them and their handlers until the deadline, then cuts.
    /// </summary>
    /// <param name="timeout">The deadline, from now; 5 s by default. Zero cuts at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is negative, or more than 24 days away.</exception>
    public async Task StopAsync(TimeSpan? timeout = null)
    {
        var wait = timeout ?? s_defaultDrain;
        if (wait != TimeSpan.Zero)
        {
            WebSocketOptions.CheckTime(wait, nameof(timeout));
        }

        if (Interlocked.Exchange(ref _phase, 2) == 0)
        {
            FailToStart(StoppedBefore());
        }

        Unbind();
        _keeper.EndPending();
        var empty = _registry.StopAsync();
        Log.Stopping(_logger, _registry.ConnectionCount);
        if (wait != TimeSpan.Zero)
        {
            TellEverybody();
            await Task.WhenAny(empty, Task.Delay(wait, _options.TimeProvider, CancellationToken.None)).ConfigureAwait(false);
        }

        CutEverybody();
        _loops?.Dispose();
        _stopped.TrySetResult();
    }

    /// <summary>Stops as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private List<Uri> Bind()
    {
        if (_options.Listen.Count == 0)
        {
            throw new ArgumentException("There is nowhere to listen: add an address to WebSocketServerOptions.Listen.");
        }

        var bound = new List<Uri>();
        foreach (var url in _options.Listen.Select(ListenUrl.Parse))
        {
            if (url.IsSecure && _options.Certificate is null && _options.CertificateSelector is null)
            {
                throw new ArgumentException($"'{url.Text}' needs a certificate: set Certificate or CertificateSelector.");
            }

            bound.Add(new Uri(url.Show(BindOne(url))));
        }

        return bound;
    }

    private int BindOne(ListenUrl url)
    {
        int port = 0;
        for (int i = 0; i < url.Addresses.Count; i++)
        {
            var address = url.Addresses[i];
            if (i > 0 && address is IPEndPoint second)
            {
                address = new IPEndPoint(second.Address, port); // both loopbacks answer on one port
            }

            try
            {
                var listener = new Listener(_keeper, _registry, url, address, _loops);
                _listeners.Add(listener);
                port = (listener.LocalEndPoint as IPEndPoint)?.Port ?? 0;
            }
            catch (SocketException e) when (i > 0)
            {
                // A machine without IPv6, or with the port taken there, still has the IPv4 loopback.
                Log.AcceptFailed(_logger, url.Text, e);
            }
            catch (SocketException e)
            {
                throw new IOException($"Cannot listen on {url.Text}: {Explain(e)}", e);
            }
        }

        return port;
    }

    private static string Explain(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the address is in use.",
        SocketError.AccessDenied => "permission is denied; ports below 1024 may need privileges.",
        SocketError.AddressNotAvailable => "this machine does not have that address.",
        _ => error.Message + ".",
    };

    private static InvalidOperationException StoppedBefore() => new("The server was stopped before it was started.");

    private void FailToStart(Exception error)
    {
        if (_started.TrySetException(error))
        {
            _ = _started.Task.Exception; // nobody has to look at Started
        }
    }

    private void Unbind()
    {
        lock (_listeners)
        {
            _listeners.ForEach(static listener => listener.Dispose());
        }
    }

    private void TellEverybody()
    {
        foreach (var gate in _registry.Gates)
        {
            gate.Stop();
        }

        foreach (var connection in _registry.Connections)
        {
            connection.Core.Close(CloseCode.GoingAway, "the server is stopping");
        }
    }

    private void CutEverybody()
    {
        foreach (var gate in _registry.Gates)
        {
            gate.Cut();
        }

        foreach (var connection in _registry.Connections)
        {
            connection.Abort();
        }
    }
}
