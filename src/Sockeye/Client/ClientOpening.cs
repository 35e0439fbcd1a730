using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;
using Sockeye.Transports;

namespace Sockeye.Client;

/// <summary>The client's opening handshake on one link: sends the request, judges the answer, hands the link to the connection.</summary>
internal sealed class ClientOpening : IByteReceiver
{
    private static readonly TimeSpan s_bodyTime = TimeSpan.FromSeconds(1);

    private readonly Uri _url;
    private readonly WebSocketClientOptions _options;
    private readonly Dialect _dialect;
    private readonly DialectOffer _offer;
    private readonly HeadReader _reader;
    private readonly Microsoft.Extensions.Logging.ILogger _logger;
    private readonly DeflateParameters? _deflate;
    private DeflateParameters _agreed;
    private readonly TaskCompletionSource<WebSocketConnection> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Link _link = null!;
    private Outbox _outbox = null!;
    private ClientHandshakeResult? _refusal;
    private ClientHandshakeResult? _accepted;
    private byte[] _behind = [];
    private RefusalBody? _body;

    public ClientOpening(Uri url, WebSocketClientOptions options, Activity? activity)
    {
        (_url, _options) = (url, options);
        _reader = new HeadReader(HeadKind.Response, new HeadLimits(options.MaxResponseHeadBytes));
        _logger = GuardedLogger.From(options.LoggerFactory, "Sockeye.Client");
        Span<byte> entropy = stackalloc byte[ClientHandshake.EntropyLength];
        RandomNumberGenerator.Fill(entropy);
        _dialect = Dialect.Of(options.Dialect);
        _deflate = _dialect == Dialect.Rfc6455 ? CompressionOptions.Usable(options, _logger)?.Wishes : null;
        _offer = new DialectOffer(
            _dialect,
            new ClientHandshakeRequest
            {
                Uri = url,
                SubProtocols = [.. options.SubProtocols],
                Extensions = _deflate is { } wishes ? DeflateNegotiation.Offer(wishes) : null,
                Origin = options.Origin,
                UserAgent = options.UserAgent,
                Cookies = CookieHeader(),
                Headers = [.. options.Headers, .. TraceHeaders(activity)],
            },
            entropy,
            RandomNumberGenerator.GetInt32);
    }

    /// <summary>Tells why it fails. Whoever waited may have given up already: then the reason is nobody's.</summary>
    private void Fail(Exception reason)
    {
        if (_opened.TrySetException(reason))
        {
            _ = _opened.Task.Exception; // seen: no unobserved exception is left behind
        }
    }

    private ResponseHead Head => (ResponseHead)_reader.Head!;

    /// <summary>Opens the connection; whatever goes wrong, the link is cut and the reason thrown.</summary>
    public async Task<WebSocketConnection> RunAsync(Link link, CancellationToken cancellationToken)
    {
        _link = link;
        _outbox = new Outbox(link, masks: _dialect.Has(DialectTraits.Masking), _options.SendBacklogBytes, _options.SlowPeer);
        link.Receiver = this;
        lock (_outbox.Door)
        {
            _outbox.AppendRaw(_offer.Bytes);
        }

        _outbox.Flush();
        using (ExecutionContext.SuppressFlow())
        {
            link.Start();
        }

        try
        {
            return await _opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            link.Cut();
            throw;
        }
    }

    public void OnBytes(Span<byte> bytes)
    {
        try
        {
            Read(bytes);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    public void OnEnded(Exception? error)
    {
        _outbox.Break();
        if (_refusal is not null)
        {
            Refused();
        }

        Fail(new WebSocketHandshakeException(
            _reader.HasStarted ? "The server ended the connection within its response." : "The server ended the connection without a response.",
            error ?? new EndOfStreamException()));
    }

    private void Read(Span<byte> bytes)
    {
        if (_accepted is not null)
        {
            AwaitAnswer(bytes);
            return;
        }

        while (_refusal is null && !bytes.IsEmpty && !_opened.Task.IsCompleted)
        {
            var status = _reader.Read(bytes, out int consumed);
            if (status == HeadStatus.Failed)
            {
                throw new WebSocketHandshakeException($"The server's answer is no HTTP response: {_reader.Error!.Message}");
            }

            bytes = bytes[consumed..];
            if (status == HeadStatus.NeedMore)
            {
                return;
            }

            if (Head.StatusCode is >= 100 and < 200 and not 101)
            {
                _reader.Reset(); // an interim response: the real one follows (RFC 9110 §15.2)
                continue;
            }

            Judge(bytes);
            return;
        }

        if (_refusal is not null)
        {
            Collect(bytes);
        }
    }

    private void Judge(Span<byte> behind)
    {
        KeepCookies();
        var result = _offer.Verify(Head, _deflate is null ? [] : [DeflateParameters.ExtensionName]);
        if (result is { Success: true, Extensions: [var answer] } && DeflateNegotiation.Verify(answer, _deflate!.Value, out _agreed) is { } wrong)
        {
            result = new ClientHandshakeResult(
                ClientHandshakeError.Extensions, $"The server's answer to permessage-deflate is not one to what was offered: {wrong}.", null, []);
        }

        if (result.Success)
        {
            _accepted = result;
            AwaitAnswer(behind);
            return;
        }

        _refusal = result;
        if (result.Error != ClientHandshakeError.Status)
        {
            Refused();
            return;
        }

        _body = new RefusalBody(Head);
        _ = GiveUpBodyAsync();
        Collect(behind);
    }

    /// <summary>What follows the head of the answer in some dialects proves that the server understood.</summary>
    private void AwaitAnswer(Span<byte> bytes)
    {
        var expected = _offer.Answer.Span;
        if (_behind.Length > 0)
        {
            bytes = (byte[])[.. _behind, .. bytes];
        }

        if (bytes.Length < expected.Length)
        {
            _behind = bytes.ToArray();
        }
        else if (bytes[..expected.Length].SequenceEqual(expected))
        {
            Open(_accepted!, bytes[expected.Length..]);
        }
        else
        {
            throw new WebSocketHandshakeException(
                ClientHandshakeError.Accept, "The server's answer to our challenge is wrong.", Head, []);
        }
    }

    /// <summary>A server that keeps the link open after a body of unknown length is not waited for.</summary>
    private async Task GiveUpBodyAsync()
    {
        await Task.Delay(s_bodyTime, _options.TimeProvider).ConfigureAwait(false);
        Refused();
    }

    private void Collect(ReadOnlySpan<byte> body)
    {
        _body?.Add(body);
        if (_body is null or { IsComplete: true })
        {
            Refused();
        }
    }

    private void Refused() => Fail(
        new WebSocketHandshakeException(_refusal!.Error, _refusal.Message, Head, _body?.Bytes ?? []));

    private void Open(ClientHandshakeResult result, Span<byte> behind)
    {
        DeflateParameters? deflate = result.Extensions.Count > 0 ? _agreed : null;
        var core = new ConnectionCore(_link, _outbox, Role.Client, _options, _logger, ConnectionIds.Next(), _dialect, deflate);
        var request = new HeadReader(HeadKind.Request, HeadLimits.None);
        request.Read(_offer.Bytes, out _);
        var connection = new WebSocketConnection(core, (RequestHead?)request.Head, Head)
        {
            SubProtocol = result.SubProtocol,
            Extensions = deflate is null ? null : Head["Sec-WebSocket-Extensions"],
        };
        Log.Opened(_logger, connection.Id, connection.RemoteEndPoint, connection.SubProtocol);
        core.Start();
        _link.Receiver = core.Intake;
        if (!behind.IsEmpty)
        {
            core.Intake.OnBytes(behind);
            core.Intake.OnTurn();
        }

        if (!_opened.TrySetResult(connection))
        {
            _link.Cut();
        }
    }

    private Uri HttpUrl => new UriBuilder(_url) { Scheme = _url.Scheme == "wss" ? "https" : "http" }.Uri;

    private string? CookieHeader() => _options.Cookies?.GetCookieHeader(HttpUrl) is { Length: > 0 } cookies ? cookies : null;

    private void KeepCookies()
    {
        foreach (string cookie in _options.Cookies is null ? [] : Head.GetValues("Set-Cookie"))
        {
            try
            {
                _options.Cookies!.SetCookies(HttpUrl, cookie);
            }
            catch (CookieException)
            {
                // A cookie that no browser would keep either.
            }
        }
    }

    private static List<KeyValuePair<string, string>> TraceHeaders(Activity? activity)
    {
        var headers = new List<KeyValuePair<string, string>>();
        DistributedContextPropagator.Current.Inject(
            activity ?? Activity.Current,
            headers,
            static (carrier, name, value) => ((List<KeyValuePair<string, string>>)carrier!).Add(new(name, value)));
        return headers;
    }
}
