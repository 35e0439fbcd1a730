using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Sockeye.Client;
using Sockeye.Diagnostics;
using Sockeye.Transports;
using Sockeye.Transports.Streams;
using Sockeye.Transports.Tls;

namespace Sockeye;

/// <summary>Opens WebSocket connections as a client.</summary>
/// <example>
/// <code>
/// await using var connection = await WebSocketClient.ConnectAsync("wss://example.com/chat");
/// await connection.SendAsync("hello");
/// Console.WriteLine(await connection.ReceiveAsync());
/// </code>
/// </example>
public static class WebSocketClient
{
    /// <summary>Opens a connection.</summary>
    /// <param name="url"><c>ws://</c> or <c>wss://</c>, host, port, path, query. User info becomes Basic credentials.</param>
    /// <param name="options">What to ask for; the defaults if null.</param>
    /// <param name="cancellationToken">Gives the attempt up.</param>
    /// <returns>An open connection, the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">The address or an option makes no sense.</exception>
    /// <exception cref="WebSocketHandshakeException">The server refused, or its answer breaks the protocol.</exception>
    /// <exception cref="IOException">The server cannot be reached.</exception>
    /// <exception cref="AuthenticationException">TLS failed; the server's certificate is not valid, most likely.</exception>
    /// <exception cref="TimeoutException">It took longer than <see cref="WebSocketClientOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The attempt was given up.</exception>
    public static Task<WebSocketConnection> ConnectAsync(
        string url, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Uri.TryCreate(url, UriKind.Absolute, out var uri)
            ? ConnectAsync(uri, options, cancellationToken)
            : throw new ArgumentException($"'{url}' is no absolute address: write ws://HOST:PORT/PATH or wss://HOST/PATH.", nameof(url));
    }

    /// <inheritdoc cref="ConnectAsync(string, WebSocketClientOptions?, CancellationToken)"/>
    public static async Task<WebSocketConnection> ConnectAsync(
        Uri url, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = Check(url, options);
        return await RunAsync(url, options, token => LinkAsync(url, options, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a connection over a stream that leads to the server already: a tunnel, TLS of one's own, a test.</summary>
    /// <param name="stream">Two directions; the connection owns it from now on.</param>
    /// <param name="url">What the request names as host and path; <c>wss</c> only says that the stream is encrypted.</param>
    /// <param name="options">What to ask for; the defaults if null.</param>
    /// <param name="cancellationToken">Gives the attempt up.</param>
    /// <returns>An open connection, the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">The address or an option makes no sense.</exception>
    /// <exception cref="WebSocketHandshakeException">The server refused, or its answer breaks the protocol.</exception>
    /// <exception cref="TimeoutException">It took longer than <see cref="WebSocketClientOptions.ConnectTimeout"/>.</exception>
    /// <exception cref="OperationCanceledException">The attempt was given up.</exception>
    public static async Task<WebSocketConnection> ConnectAsync(
        Stream stream, Uri url, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options = Check(url, options);
        var details = StreamLinkDetails.Of(stream, url.Scheme == "wss");
        return await RunAsync(url, options, _ => Task.FromResult<Link>(new StreamLink(stream, details)), cancellationToken)
            .ConfigureAwait(false);
    }

    internal static Task<WebSocketConnection> ConnectAsync(Link link, Uri url, WebSocketClientOptions? options = null) =>
        RunAsync(url, Check(url, options), _ => Task.FromResult(link), CancellationToken.None);

    private static WebSocketClientOptions Check(Uri url, WebSocketClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!url.IsAbsoluteUri || url.Scheme is not ("ws" or "wss"))
        {
            throw new ArgumentException($"'{url}' is no WebSocket address: write ws://HOST:PORT/PATH or wss://HOST/PATH.", nameof(url));
        }

        return WebSocketOptions.Take(options ?? new WebSocketClientOptions());
    }

    private static async Task<WebSocketConnection> RunAsync(
        Uri url, WebSocketClientOptions options, Func<CancellationToken, Task<Link>> connect, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Activities.StartActivity("Sockeye.Connect", ActivityKind.Client)?
            .SetTag("server.address", url.Host)
            .SetTag("url.path", url.AbsolutePath);
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var opening = new ClientOpening(url, options, activity); // first, since it judges the options
            var link = await connect(both.Token).ConfigureAwait(false);
            var connection = await opening.RunAsync(link, both.Token).ConfigureAwait(false);
            Telemetry.Handshake("Client", "accepted");
            return connection;
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            Telemetry.Handshake("Client", (e as WebSocketHandshakeException)?.Error.ToString() ?? e.GetType().Name);
            if (e is OperationCanceledException && timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{url.Host} did not open the connection within {options.ConnectTimeout.TotalSeconds:0.###} s.", e);
            }

            throw;
        }
    }

    private static async Task<Link> LinkAsync(Uri url, WebSocketClientOptions options, CancellationToken cancellationToken)
    {
        Link link;
        try
        {
            link = await Dialing.ConnectAsync(url, options, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            string where = options.UnixSocketPath ?? $"{url.Host}:{url.Port}";
            throw new IOException($"Cannot connect to {where}: {Explain(e, options)}", e);
        }

        return url.Scheme == "ws" ? link : await SecureAsync(url, link, options, cancellationToken).ConfigureAwait(false);
    }

    private static string Explain(SocketException error, WebSocketClientOptions options) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "the connection was refused; nobody listens there.",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name is not known.",
        SocketError.TimedOut => "nobody answered.",
        SocketError.AddressNotAvailable when options.UnixSocketPath is not null => "there is no such socket.",
        _ => error.Message + ".",
    };

    private static async Task<Link> SecureAsync(Uri url, Link inner, WebSocketClientOptions options, CancellationToken cancellationToken)
    {
        var link = new TlsLink(inner); // before it may be cut, so that it is told
        using var cut = cancellationToken.UnsafeRegister(static s => ((Link)s!).Cut(), link);
        try
        {
            await link.AuthenticateAsync(tls => tls.AuthenticateAsClientAsync(TlsOptions(url, options), cancellationToken)).ConfigureAwait(false);
            return link;
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    private static SslClientAuthenticationOptions TlsOptions(Uri url, WebSocketClientOptions options)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = options.TlsHost ?? url.IdnHost,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificates = options.ClientCertificates,
            AllowRenegotiation = false, // writing never waits for reading here
        };
        if (options.ServerCertificateValidation is { } validation)
        {
            tls.RemoteCertificateValidationCallback = validation;
        }
        else if (options.DangerouslyAcceptAnyCertificate)
        {
#pragma warning disable CA5359 // asked for by an option whose name says what it is
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return tls;
    }
}
