using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Frames;
using Sockeye.Server;
using Sockeye.Transports.Pipes;

namespace Sockeye.AspNetCore;

/// <summary>A connection that lives within a request: the request lasts as long as it does.</summary>
internal sealed class EndpointConnection
{
    /// <summary>The time a peer has to see why it is turned away, before the request's end takes the TCP connection with it.</summary>
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    private readonly HttpContext _context;
    private readonly PipeLink _link;
    private readonly ConnectionCore _core;

    private EndpointConnection(HttpContext context, HttpHandshake handshake, IDuplexPipe pipes, WebSocketEndpointOptions options, ILogger logger)
    {
        _context = context;
        var connection = context.Connection;
        _link = new PipeLink(pipes.Input, pipes.Output, new PipeLinkDetails
        {
            Remote = connection.RemoteIpAddress is { } remote ? new System.Net.IPEndPoint(remote, connection.RemotePort) : null,
            Local = connection.LocalIpAddress is { } local ? new System.Net.IPEndPoint(local, connection.LocalPort) : null,
            IsSecure = context.Request.IsHttps,
            EndSending = EndSending,
            LeaveOpen = true,
        });
        var outbox = new Outbox(_link, masks: false, options.SendBacklogBytes, options.SlowPeer);
        _core = new ConnectionCore(_link, outbox, Role.Server, options, logger, ConnectionIds.Next(), null, handshake.Deflate);
        Connection = new WebSocketConnection(_core, handshake.Head)
        {
            SubProtocol = handshake.SubProtocol,
            Extensions = handshake.Extensions,
        };
    }

    public WebSocketConnection Connection { get; }

    /// <summary>Answers a handshake that is good and opens the connection.</summary>
    public static async Task<EndpointConnection> OpenAsync(
        HttpContext context, HttpHandshake handshake, WebSocketEndpointOptions options, WebSocketHandler? handler, ILogger logger)
    {
        var pipes = await handshake.AcceptAsync().ConfigureAwait(false);
        var opened = new EndpointConnection(context, handshake, pipes, options, logger);
        opened.Start(handler, options, logger);
        return opened;
    }

    /// <summary>Serves until the connection is at its end; the host's stopping closes it with 1001.</summary>
    public async Task RunAsync(Func<WebSocketConnection, Task>? handler, ILogger logger)
    {
        using var stopping = _context.RequestServices?.GetService<IHostApplicationLifetime>()?.ApplicationStopping
            .UnsafeRegister(static core => ((ConnectionCore)core!).Close(CloseCode.GoingAway, "the server is stopping"), _core);
        using var aborted = _context.RequestAborted.UnsafeRegister(static link => ((PipeLink)link!).Cut(), _link);
        if (handler is not null)
        {
            await HandleAsync(handler, logger).ConfigureAwait(false);
        }

        await Connection.Closed.ConfigureAwait(false);
    }

    private async Task HandleAsync(Func<WebSocketConnection, Task> handler, ILogger logger)
    {
        try
        {
            await handler(Connection).ConfigureAwait(false);
        }
        catch (Exception) when (Connection.State != ConnectionState.Open)
        {
            // It noticed the end of the connection in the middle of something: that is no fault.
        }
        catch (Exception e)
        {
            Log.HandlerFailed(logger, Connection.Id, e);
            _core.Close(CloseCode.InternalError, "the handler failed");
        }

        await Connection.DisposeAsync().ConfigureAwait(false);
    }

    private void Start(WebSocketHandler? handler, WebSocketEndpointOptions options, ILogger logger)
    {
        Telemetry.Handshake("Server", "accepted");
        Log.Opened(logger, Connection.Id, Connection.RemoteEndPoint, Connection.SubProtocol);
        if (handler is not null)
        {
            var sink = new HandlerSink(Connection, handler);
            _core.Sink = sink;
            sink.Open();
        }

        _core.Start();
        _core.Intake.TakeOver(default); // a link that does not push yet counts as paused
        using (ExecutionContext.SuppressFlow())
        {
            _link.Start();
        }
    }

    /// <summary>A request has no half close: when all is said, it ends. Who broke a rule gets a moment to read why.</summary>
    private void EndSending()
    {
        if (_core.Session.State == ClosingState.Failed)
        {
            _ = EndLaterAsync();
        }
        else
        {
            _link.Cut();
        }
    }

    private async Task EndLaterAsync()
    {
        await Task.Delay(s_lastWords).ConfigureAwait(false);
        _link.Cut();
    }
}
