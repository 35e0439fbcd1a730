using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sockeye.Protocol.Dialects;
using Sockeye.Transports.Pipes;

namespace Sockeye;

/// <summary>The dialects of 2010 on Kestrel's own ports.</summary>
public static class WebSocketListenOptionsExtensions
{
    /// <summary>
    /// Looks at the first request of each connection. One that speaks an older dialect which <paramref name="server"/> has on goes to that
    /// server, by its rules and with its handler; all else falls through to HTTP, where endpoints serve RFC 6455. Kestrel's HTTP cannot do
    /// this itself: it refuses the body of a hixie-76 request and cannot write the exact response of hixie-75. Add it after <c>UseHttps</c>.
    /// </summary>
    /// <param name="listen">A port of Kestrel's.</param>
    /// <param name="server">Not listening itself; its <see cref="WebSocketServerOptions.Dialects"/> say which dialects are taken.</param>
    /// <returns>The same port.</returns>
    public static ListenOptions UseOlderWebSockets(this ListenOptions listen, WebSocketServer server)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(server);
        listen.Use(next => async connection =>
        {
            if (await IsOlderAsync(connection.Transport.Input, server.Options).ConfigureAwait(false))
            {
                await ServeAsync(server, connection).ConfigureAwait(false);
            }
            else
            {
                await next(connection).ConfigureAwait(false);
            }
        });
        return listen;
    }

    private static async Task<bool> IsOlderAsync(PipeReader input, WebSocketServerOptions options)
    {
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, options.TimeProvider);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(timeout.Token).ConfigureAwait(false);
                var bytes = read.Buffer;
                bool? older = bytes.Length > options.MaxRequestHeadBytes ? false : Look(bytes.ToArray(), options.Dialects);
                if (older is not null || read.IsCompleted)
                {
                    input.AdvanceTo(bytes.Start); // whoever comes next reads the same bytes again
                    return older ?? false;
                }

                input.AdvanceTo(bytes.Start, bytes.End);
            }
        }
        catch (OperationCanceledException)
        {
            return false; // the HTTP layer has its own patience
        }
    }

    /// <summary>Whether these bytes begin a handshake of an older dialect; null if that cannot be told yet.</summary>
    private static bool? Look(byte[] bytes, WebSocketDialects dialects)
    {
        var get = "GET "u8;
        int known = Math.Min(bytes.Length, get.Length);
        if (!bytes.AsSpan(0, known).SequenceEqual(get[..known]))
        {
            return false;
        }

        if (WebSocketHandshake.TryReadRequest(bytes, out var head, out _, out var rejection))
        {
            return DialectHandshake.Detect(head, dialects) is { } row && row.Name != WebSocketDialects.Rfc6455;
        }

        return rejection is null ? null : false;
    }

    private static async Task ServeAsync(WebSocketServer server, ConnectionContext connection)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Attach(new PipeLink(connection.Transport.Input, connection.Transport.Output, new PipeLinkDetails
        {
            Remote = connection.RemoteEndPoint,
            Local = connection.LocalEndPoint,
            IsSecure = connection.Features.Get<ITlsHandshakeFeature>() is not null,
            Abort = connection.Abort,
            Ended = () => ended.TrySetResult(),
        }));
        await ended.Task.ConfigureAwait(false);
    }
}
