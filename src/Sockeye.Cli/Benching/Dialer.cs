using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Sockeye.Cli.Benching;

/// <summary>Opens connections to the server that is measured.</summary>
internal sealed class Dialer
{
    private const int ManyConnections = 20_000; // an address has some 28,000 ports to connect from

    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);

    private readonly Uri _url;
    private readonly WebSocketClientOptions _options;
    private readonly IPEndPoint? _target;
    private int _opened;

    public Dialer(BenchSettings settings)
    {
        _url = settings.Url;
        bool many = settings.Mode == BenchMode.Handshake || settings.Connections > ManyConnections;
        bool loopback = IPAddress.TryParse(_url.DnsSafeHost, out var address)
            && address.AddressFamily == AddressFamily.InterNetwork && IPAddress.IsLoopback(address);
        // Elsewhere than on Linux only 127.0.0.1 is there.
        if (many && loopback && OperatingSystem.IsLinux() && settings.UnixPath is null)
        {
            _target = new IPEndPoint(address!, _url.Port);
        }

        HasPortsEnough = _target is not null || settings.UnixPath is not null;
        long message = settings.Size;
        _options = new WebSocketClientOptions
        {
            UnixSocketPath = settings.UnixPath,
            DangerouslyAcceptAnyCertificate = settings.IsInsecure,
            ConnectTimeout = s_connectTimeout,
            CloseTimeout = TimeSpan.FromSeconds(2),
            KeepAliveInterval = Timeout.InfiniteTimeSpan, // what is sent is what was asked for
        };
        _options.MaxMessageBytes = Math.Max(_options.MaxMessageBytes, message);
        // All that may be in flight fits, so that sending never waits while what comes back waits to be read.
        _options.SendBacklogBytes = Math.Max(_options.SendBacklogBytes, 2 * settings.Depth * (message + 16));
    }

    /// <summary>Whether connections can be opened without end: they come from many addresses of 127.0.0.0/8, or need no port.</summary>
    public bool HasPortsEnough { get; }

    public async Task<WebSocketConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _target is null
                ? await WebSocketClient.ConnectAsync(_url, _options, cancellationToken)
                : await OpenFromAsync(NextSource(), _target, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw ProgramException.Usage(e);
        }
    }

    /// <summary>What kind of failure to open this is, in a few words that are the same for all of the kind.</summary>
    public static string KindOf(Exception error) => error switch
    {
        WebSocketHandshakeException { StatusCode: > 0 and not 101 and var status } => $"refused with HTTP {status}",
        WebSocketHandshakeException handshake => $"bad handshake: {handshake.Error}",
        System.Security.Authentication.AuthenticationException => "TLS failed; --insecure accepts any certificate",
        TimeoutException or OperationCanceledException => "not open in time",
        SocketException socket => $"cannot connect: {socket.SocketErrorCode}",
        { InnerException: SocketException inner } => $"cannot connect: {inner.SocketErrorCode}",
        IOException => "lost while opening",
        _ => error.GetType().Name,
    };

    private async Task<WebSocketConnection> OpenFromAsync(IPAddress source, IPEndPoint target, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream stream = Stream.Null;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(s_connectTimeout);
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(target, timeout.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (_url.Scheme == "wss")
            {
                stream = await SecureAsync(stream, timeout.Token);
            }

            return await WebSocketClient.ConnectAsync(stream, _url, _options, timeout.Token);
        }
        catch
        {
            await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(Stream stream, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = _url.IdnHost };
        if (_options.DangerouslyAcceptAnyCertificate)
        {
#pragma warning disable CA5359 // asked for with --insecure
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(options, cancellationToken);
        return tls;
    }

    private IPAddress NextSource()
    {
        int number = Interlocked.Increment(ref _opened) & int.MaxValue;
        return new IPAddress([127, (byte)(1 + (number / 62_500 % 250)), (byte)(number / 250 % 250), (byte)(1 + (number % 250))]);
    }
}
