using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Handshake;
using Sockeye.Transports;
using Sockeye.Transports.Epoll;
using Sockeye.Transports.Sockets;
using Sockeye.Transports.Tls;

namespace Sockeye.Server;

/// <summary>One listening socket: accepts, speaks TLS if it should, and puts a gate before each link.</summary>
internal sealed class Listener : IDisposable
{
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly GateKeeper _keeper;
    private readonly ConnectionRegistry _registry;
    private readonly ListenUrl _url;
    private readonly HostPolicy? _hosts;
    private readonly Socket _socket;
    private readonly EpollAcceptor? _acceptor;
    private readonly SslStreamCertificateContext? _certificate;
    private bool _stopped;

    public Listener(GateKeeper keeper, ConnectionRegistry registry, ListenUrl url, EndPoint address, EpollGroup? loops)
    {
        (_keeper, _registry, _url) = (keeper, registry, url);
        var allowed = keeper.Options.AllowedHosts;
        _hosts = url.UnixPath is null ? HostPolicy.For(url.IsLoopback, allowed.Count > 0 ? allowed : null) : null;
        if (url.IsSecure && keeper.Options.Certificate is { } certificate)
        {
            _certificate = SslStreamCertificateContext.Create(certificate, keeper.Options.IntermediateCertificates, offline: true);
        }

        _socket = Bind(address, keeper.Options.Backlog);
        LocalEndPoint = _socket.LocalEndPoint!;
        _acceptor = loops is null ? null : new EpollAcceptor(loops, _socket, Take, AcceptFailed);
    }

    /// <summary>Where it really listens.</summary>
    public EndPoint LocalEndPoint { get; }

    public void Start()
    {
        if (_acceptor is not null)
        {
            _acceptor.Start();
            return;
        }

        // What is local to the caller's flow of execution does not belong to the connections.
        using (ExecutionContext.SuppressFlow())
        {
            _ = AcceptAsync();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _stopped, true))
        {
            return; // by now the file may be that of another server
        }

        _acceptor?.Dispose();
        _socket.Dispose();
        if (_url.UnixPath is { } path)
        {
            Remove(path);
        }
    }

    // Stopping goes on without: a file that stays is replaced by the next server, and its folder may be gone altogether.
    private void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.SocketFileStays(_keeper.Logger, path, e);
        }
    }

    /// <summary>Puts a gate before a link; null if there is no place.</summary>
    public static void Admit(GateKeeper keeper, ConnectionRegistry registry, Link link, HostPolicy? hosts, long deadline)
    {
        var gate = new OpeningGate(keeper, link, hosts);
        registry.Add(gate);
        gate.Start(deadline);
        if (registry.Stopping.IsCancellationRequested)
        {
            gate.Stop(); // it came too late to be told with the others
        }
    }

    private static Socket Bind(EndPoint address, int backlog)
    {
        bool unix = address is UnixDomainSocketEndPoint;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            if (address is IPEndPoint { Address: var ip } && ip.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            if (unix)
            {
                RemoveStale(address.ToString()!);
            }

            socket.Bind(address);
            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A Unix socket's file outlives a server that was killed; one that still answers is not ours to remove, nor is any other file.</summary>
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path) || !IsSocket(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }

    // A socket is the kind of file that exists and cannot be opened. For reading and writing, since a FIFO would block otherwise.
    private static bool IsSocket(string path)
    {
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task AcceptAsync()
    {
        while (!Volatile.Read(ref _stopped))
        {
            try
            {
                var accepted = await _socket.AcceptAsync().ConfigureAwait(false);
                Take(accepted);
            }
            catch (Exception e) when (Volatile.Read(ref _stopped) || e is ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // The client was gone before it was accepted.
            }
            catch (SocketException e)
            {
                // Out of descriptors, most likely: what waits in the backlog is served when some are free again.
                AcceptFailed(e);
                await Task.Delay(s_pauseAfterFailure).ConfigureAwait(false);
            }
        }
    }

    private void AcceptFailed(Exception error) => Log.AcceptFailed(_keeper.Logger, _url.Text, error);

    private void Take(EpollLink link)
    {
        if (!_registry.TryEnter(link))
        {
            Log.TooManyConnections(_keeper.Logger, link.RemoteEndPoint, _keeper.Options.MaxConnections);
            link.TurnAway(_url.IsSecure ? [] : Rejections.TooMany.ToResponse());
            return;
        }

        Take(link, Deadlines.Of(_keeper.Options.TimeProvider).In(_keeper.Options.HandshakeTimeout));
    }

    private void Take(Link link, long deadline)
    {
        if (!_url.IsSecure)
        {
            Admit(_keeper, _registry, link, _hosts, deadline);
            return;
        }

        // What is local to the accepting flow of execution does not belong to the connection.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _ = StartTlsAsync(link, deadline);
        }
    }

    private void Take(Socket accepted)
    {
        EndPoint? remote;
        try
        {
            remote = accepted.RemoteEndPoint;
        }
        catch (SocketException)
        {
            accepted.Dispose();
            return;
        }

        if (!_registry.TryEnter(remote))
        {
            Log.TooManyConnections(_keeper.Logger, remote, _keeper.Options.MaxConnections);
            TurnAway(accepted);
            return;
        }

        try
        {
            var clock = Deadlines.Of(_keeper.Options.TimeProvider);
            long deadline = clock.In(_keeper.Options.HandshakeTimeout);
            Take(new SocketLink(accepted), deadline);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            accepted.Dispose();
            _registry.Leave(remote);
        }
    }

    /// <summary>One answer, as far as the kernel takes it at once, and the end: who is too many costs nothing more.</summary>
    private void TurnAway(Socket accepted)
    {
        using (accepted)
        {
            if (!_url.IsSecure)
            {
                accepted.Blocking = false;
                accepted.Send(Rejections.TooMany.ToResponse(), SocketFlags.None, out _);
            }
        }
    }

    private async Task StartTlsAsync(Link inner, long deadline)
    {
        var link = new TlsLink(inner);
        try
        {
            using var timeout = new CancellationTokenSource(_keeper.Options.HandshakeTimeout, _keeper.Options.TimeProvider);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _registry.Stopping);
            using var cut = end.Token.UnsafeRegister(static s => ((Link)s!).Cut(), inner);
            await link.AuthenticateAsync(tls => tls.AuthenticateAsServerAsync(ChooseTls, this, end.Token)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever a stranger's TLS makes the library throw, it ends here.
            Log.TlsFailed(_keeper.Logger, inner.RemoteEndPoint, e);
            _registry.Leave(inner);
            return;
        }

        Admit(_keeper, _registry, link, _hosts, deadline);
    }

    private static ValueTask<SslServerAuthenticationOptions> ChooseTls(
        SslStream stream, SslClientHelloInfo hello, object? listener, CancellationToken cancellationToken)
    {
        var self = (Listener)listener!;
        string? host = string.IsNullOrEmpty(hello.ServerName) ? null : hello.ServerName;
        var chosen = self._keeper.Options.CertificateSelector?.Invoke(host);
        return ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ServerCertificate = chosen,
            ServerCertificateContext = chosen is null ? self._certificate : null,
        });
    }
}
