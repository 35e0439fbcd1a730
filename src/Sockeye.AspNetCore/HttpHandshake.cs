using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Handshake;

namespace Sockeye.AspNetCore;

/// <summary>
/// The opening handshake within a request of ASP.NET Core: over HTTP/1.1 by an upgrade (RFC 6455 §4.2), over HTTP/2 by an extended
/// CONNECT (RFC 8441 §5). The rules are those of our own server, and so is the code that knows them.
/// </summary>
internal sealed class HttpHandshake
{
    private readonly HttpContext _context;
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;

    private HttpHandshake(HttpContext context)
    {
        _context = context;
        _upgrade = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade ? upgrade : null;
        _connect = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" } connect ? connect : null;
    }

    /// <summary>What was read, as our own server would have seen it.</summary>
    public RequestHead Head { get; private set; } = null!;

    public string? SubProtocol { get; private set; }

    /// <summary>The answer to the extensions, if any was agreed on.</summary>
    public string? Extensions { get; private set; }

    public DeflateParameters? Deflate { get; private set; }

    public HandshakeRejection? Rejection { get; private set; }

    /// <summary>Judges a request; nothing is sent.</summary>
    public static HttpHandshake Examine(HttpContext context, WebSocketEndpointOptions options, ILogger logger)
    {
        var handshake = new HttpHandshake(context);
        handshake.Judge(options, logger);
        return handshake;
    }

    /// <summary>Sends the answer; from then on the pipes have frames.</summary>
    public async Task<IDuplexPipe> AcceptAsync()
    {
        var headers = _context.Response.Headers;
        if (SubProtocol is not null)
        {
            headers.SecWebSocketProtocol = SubProtocol;
        }

        if (Extensions is not null)
        {
            headers.SecWebSocketExtensions = Extensions;
        }

        if (_connect is not null)
        {
            return new StreamPipes(await _connect.AcceptAsync().ConfigureAwait(false));
        }

        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = AcceptKey.Compute(Head["Sec-WebSocket-Key"]!);
        var stream = await _upgrade!.UpgradeAsync().ConfigureAwait(false);

        // An upgraded HTTP/1.1 connection is the request's alone, and its transport's pipes are public: the HTTP layer between would only copy.
        return _context.Features.Get<IConnectionTransportFeature>()?.Transport ?? new StreamPipes(stream);
    }

    /// <summary>Sends the refusal.</summary>
    public async Task RefuseAsync()
    {
        var rejection = Rejection!;
        _context.Response.StatusCode = rejection.StatusCode;
        foreach (var (name, value) in rejection.Headers)
        {
            _context.Response.Headers.Append(name, value);
        }

        Telemetry.Handshake("Server", rejection.Error.ToString());
        await _context.Response.WriteAsync(rejection.Message).ConfigureAwait(false);
    }

    private void Judge(WebSocketEndpointOptions options, ILogger logger)
    {
        if (_upgrade is null && _connect is null)
        {
            if (_context.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true })
            {
                throw new InvalidOperationException(
                    "This server has WebSockets without an HTTP upgrade, as TestServer's CreateWebSocketClient. "
                    + "In tests, connect with WebSocketTestClient.ConnectAsync(server.SendAsync, url).");
            }

            Rejection = NoUpgrade();
            return;
        }

        try
        {
            Head = Read();
        }
        catch (ArgumentException e)
        {
            Rejection = new HandshakeRejection(HandshakeError.MalformedHead, StatusCodes.Status400BadRequest, e.Message);
            return;
        }

        var result = ServerHandshake.Examine(Head);
        string? subProtocol = null;
        Rejection = result.Kind == ServerHandshakeKind.PlainHttp ? NoUpgrade()
            : result.Rejection
                ?? options.Origins.Check(Head, _context.Request.IsHttps)
                ?? options.Choice.Choose(Head, result.SubProtocols, out subProtocol);
        if (Rejection is null)
        {
            SubProtocol = subProtocol;
            Agree(options, result, logger);
        }
    }

    private void Agree(WebSocketEndpointOptions options, ServerHandshakeResult result, ILogger logger)
    {
        if (result.Extensions.Count > 0 && CompressionOptions.Usable(options, logger) is { } compression)
        {
            Extensions = DeflateNegotiation.Choose(result.Extensions, compression.Wishes, out var agreed);
            Deflate = Extensions is null ? null : agreed;
        }
    }

    private sealed class StreamPipes(Stream stream) : IDuplexPipe
    {
        private static readonly StreamPipeReaderOptions s_reading =
            new(bufferSize: 16 * 1024, minimumReadSize: 4 * 1024, leaveOpen: true, useZeroByteReads: true);

        private static readonly StreamPipeWriterOptions s_writing = new(leaveOpen: true);

        public PipeReader Input { get; } = PipeReader.Create(stream, s_reading);

        public PipeWriter Output { get; } = PipeWriter.Create(stream, s_writing);
    }

    private static HandshakeRejection NoUpgrade() => new(
        HandshakeError.NoUpgrade,
        StatusCodes.Status426UpgradeRequired,
        "A WebSocket lives here: ask for an upgrade (RFC 6455), or over HTTP/2 for an extended CONNECT (RFC 8441).",
        new KeyValuePair<string, string>("Upgrade", "websocket"));

    private RequestHead Read()
    {
        var request = _context.Request;
        var headers = request.Headers
            .Where(header => !header.Key.StartsWith(':'))
            .SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value ?? "")));
        string target = _context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw ? raw : request.Path + request.QueryString;
        if (_connect is null)
        {
            return RequestHead.Create(request.Method, target, headers);
        }

        // RFC 8441 §5: the same handshake but for the key and its answer, and for the method and the headers of the upgrade.
        return RequestHead.Create(
            "GET",
            target,
            [
                .. headers.Where(header => !header.Key.Equals("Sec-WebSocket-Key", StringComparison.OrdinalIgnoreCase)),
                new("Connection", "Upgrade"),
                new("Upgrade", "websocket"),
                new("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
            ]);
    }
}
