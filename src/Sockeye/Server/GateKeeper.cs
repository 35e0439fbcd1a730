using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Extensions;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;
using Sockeye.Transports;

namespace Sockeye.Server;

/// <summary>The rules by which a server's gates let clients in, made once from its options.</summary>
/// <param name="options">The server's options; not changed any more.</param>
/// <param name="logger">The server's log.</param>
/// <param name="registry">Who is in.</param>
/// <param name="handler">What runs for each open connection; null where the application accepts by itself.</param>
/// <param name="zeroCopy">What sees each message in place instead.</param>
internal sealed class GateKeeper(
    WebSocketServerOptions options,
    ILogger logger,
    ConnectionRegistry registry,
    Func<WebSocketConnection, Task>? handler,
    WebSocketHandler? zeroCopy)
{
    private readonly OriginPolicy _origins = options.MakeOriginPolicy();
    private readonly SubProtocolChoice _subProtocols = options.MakeSubProtocolChoice();
    private readonly HashSet<string> _paths = new(options.Paths, StringComparer.Ordinal);
    private readonly HeadLimits _headLimits = new(options.MaxRequestHeadBytes, options.MaxRequestHeaders);
    private HeadReader? _spareReader;
    private readonly Channel<PendingRequest> _pending = Channel.CreateBounded<PendingRequest>(options.MaxConnections);

    public WebSocketServerOptions Options => options;

    public ILogger Logger => logger;

    /// <summary>Whether a handler gets the connections.</summary>
    public bool AcceptsByItself => handler is not null || zeroCopy is not null;

    /// <summary>When openings are over.</summary>
    public Deadlines Clock { get; } = Deadlines.Of(options.TimeProvider);

    /// <summary>Requests that wait for the application.</summary>
    public ChannelReader<PendingRequest> Pending => _pending.Reader;

    /// <summary>Nobody is asked any more.</summary>
    public void EndPending() => _pending.Writer.TryComplete();

    /// <summary>Applies the rules to a valid handshake; the refusal, or null.</summary>
    public HandshakeRejection? Check(
        RequestHead head, bool secure, Dialect dialect, IReadOnlyList<string> offered, out string? subProtocol)
    {
        subProtocol = null;
        try
        {
            return !IsWebSocketPath(head) ? Rejections.NotFound
                : _origins.Check(head, secure, dialect.HasDraftOrigin) ?? _subProtocols.Choose(head, offered, out subProtocol);
        }
        catch (Exception e)
        {
            // The application's own rules may throw.
            Log.RequestHookFailed(logger, null, e);
            return Rejections.HookFailed;
        }
    }

    /// <summary>The answer to the extensions that a client offers; null for none of them.</summary>
    public string? Agree(IReadOnlyList<ExtensionOffer> offers, out DeflateParameters? deflate)
    {
        deflate = null;
        if (offers.Count == 0 || CompressionOptions.Usable(options, logger) is not { } compression)
        {
            return null;
        }

        string? answer = DeflateNegotiation.Choose(offers, compression.Wishes, out var agreed);
        deflate = answer is null ? null : agreed;
        return answer;
    }

    /// <summary>The answer to a plain HTTP request, as bytes.</summary>
    public byte[] PlainHttp(RequestHead head)
    {
        bool omitBody = head.Method == "HEAD";
        try
        {
            if (options.OnHttpRequest?.Invoke(head) is { } response)
            {
                return HeadWriter.Plain(
                    response.StatusCode, response.ContentType, response.Body.Span, response.Headers, omitBody: omitBody);
            }
        }
        catch (Exception e)
        {
            Log.RequestHookFailed(logger, null, e);
            return Rejections.HookFailed.ToResponse(omitBody);
        }

        bool here = head.Method is "GET" or "HEAD" && IsWebSocketPath(head);
        return (here ? Rejections.UpgradeRequired : Rejections.NotFound).ToResponse(omitBody);
    }

    /// <summary>A span for the handshake, under the trace that the request's headers name.</summary>
    public static Activity? StartActivity(RequestHead head, Link link)
    {
        if (!Telemetry.Activities.HasListeners())
        {
            return null;
        }

        ActivityContext.TryParse(head["traceparent"], head["tracestate"], isRemote: true, out var parent);
        return Telemetry.Activities.StartActivity("Sockeye.Accept", ActivityKind.Server, parent)?
            .SetTag("url.path", head.Path)
            .SetTag("server.address", head.Host)
            .SetTag("network.peer.address", link.RemoteEndPoint?.ToString());
    }

    /// <summary>A reader for one head: most heads come in one piece, so that one reader serves many gates.</summary>
    public HeadReader RentReader() => Interlocked.Exchange(ref _spareReader, null) ?? new HeadReader(HeadKind.Request, _headLimits);

    /// <summary>Takes a reader back.</summary>
    public void Return(HeadReader reader)
    {
        reader.Reset();
        Volatile.Write(ref _spareReader, reader);
    }

    /// <summary>Has somebody decide about a request that the rules let pass.</summary>
    public void Decide(OpeningGate gate)
    {
        if (options.OnRequest is { } hook)
        {
            ThreadPool.UnsafeQueueUserWorkItem(s => _ = s.Keeper.AskAsync(s.gate, s.Request, s.hook), (Keeper: this, gate, Request: gate.ToRequest(), hook), preferLocal: false);
        }
        else if (AcceptsByItself)
        {
            gate.Open(OpeningDecision.Accepted, out _);
        }
        else
        {
            Offer(gate, gate.ToRequest(), OpeningDecision.Accepted);
        }
    }

    public void Opened(OpeningGate gate, WebSocketConnection connection)
    {
        Telemetry.Handshake("Server", "accepted");
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Log.Opened(logger, connection.Id, connection.RemoteEndPoint, connection.SubProtocol); // the address is an object or two
        }

        registry.Opened(gate, connection);
        if (registry.Stopping.IsCancellationRequested)
        {
            connection.Core.Close(CloseCode.GoingAway, "the server is stopping"); // it came too late to be told with the others
        }

        if (zeroCopy is not null)
        {
            var sink = new HandlerSink(connection, zeroCopy);
            connection.Core.Sink = sink;
            registry.LeaveWhenClosed(connection.Core);
            connection.Core.Outbox.Flush(); // the answer does not wait for the handler
            sink.Open();
        }
        else if (handler is null)
        {
            registry.LeaveWhenClosed(connection.Core);
        }
    }

    /// <summary>Starts the connection's handler; the link's bytes go to the connection by now.</summary>
    public void Run(OpeningGate gate, WebSocketConnection connection)
    {
        if (zeroCopy is not null || handler is null)
        {
            return;
        }

        var runner = new HandlerRun(connection, handler, gate.Activity, registry);
        if (connection.Core.Link.IsReading)
        {
            connection.Core.Link.EndTurn();
            runner.Execute();
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(runner, preferLocal: false);
        }
    }

    public void Left(OpeningGate gate, Link link) => registry.Left(gate, link);

    private bool IsWebSocketPath(RequestHead head) => _paths.Count == 0 || _paths.Contains(head.Path);

    // What timed out stays in the channel until it is read: an application that reads too slowly must not fill the memory.
    private void Offer(OpeningGate gate, OpeningRequest request, OpeningDecision decision)
    {
        if (!_pending.Writer.TryWrite(new PendingRequest(gate, request, decision)))
        {
            gate.TryRefuse(Rejections.TooMany);
        }
    }

    private async Task AskAsync(OpeningGate gate, OpeningRequest request, Func<OpeningRequest, ValueTask<OpeningDecision>> hook)
    {
        Activity.Current = gate.Activity;
        try
        {
            var decision = await hook(request).ConfigureAwait(false)
                ?? throw new InvalidOperationException("OnRequest returned null: return OpeningDecision.Accept or Reject.");
            if (!decision.IsAccepted)
            {
                gate.Refuse(decision);
            }
            else if (AcceptsByItself)
            {
                gate.Open(decision, out _);
            }
            else
            {
                Offer(gate, request, decision);
            }
        }
        catch (Exception e)
        {
            if (gate.TryRefuse(Rejections.HookFailed))
            {
                Log.RequestHookFailed(logger, request.RemoteEndPoint, e);
            }
        }
    }
}
