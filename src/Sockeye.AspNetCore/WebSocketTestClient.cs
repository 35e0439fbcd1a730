using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sockeye.AspNetCore;
using Sockeye.Transports.Pipes;

namespace Sockeye;

/// <summary>
/// Connects clients to an application under test without a network. TestServer's HTTP has no upgrade; this one brings its own, so that the
/// request passes the application's whole pipeline and the connection is a real one.
/// </summary>
/// <example>
/// <code>
/// await using var client = await WebSocketTestClient.ConnectAsync(server.SendAsync, new Uri("ws://localhost/chat"));
/// </code>
/// </example>
public static class WebSocketTestClient
{
    /// <summary>Connects.</summary>
    /// <param name="send">Sends a request through the application: <c>TestServer.SendAsync</c>.</param>
    /// <param name="url">Where to, such as <c>ws://localhost/chat</c>.</param>
    /// <param name="options">As for any client.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The client's end, open.</returns>
    /// <exception cref="WebSocketHandshakeException">The application refused; the status and the body are in the exception.</exception>
    public static async Task<WebSocketConnection> ConnectAsync(
        Func<Action<HttpContext>, CancellationToken, Task<HttpContext>> send,
        Uri url,
        WebSocketClientOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(url);
        var (up, down) = (new Pipe(), new Pipe());
        var link = new PipeLink(down.Reader, up.Writer, new PipeLinkDetails { IsSecure = url.Scheme == "wss" });
        _ = ServeAsync(send, url, up.Reader, down.Writer);
        return await WebSocketClient.ConnectAsync(link, url, options).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task ServeAsync(
        Func<Action<HttpContext>, CancellationToken, Task<HttpContext>> send, Uri url, PipeReader input, PipeWriter output)
    {
        try
        {
            var head = await ReadHeadAsync(input).ConfigureAwait(false);
            var upgrade = new MemoryUpgrade(input, output);
            var context = await send(
                context =>
                {
                    Fill(context, head, url);
                    upgrade.Response = context.Response;
                    context.Features.Set<IHttpUpgradeFeature>(upgrade);
                },
                CancellationToken.None).ConfigureAwait(false);
            if (!upgrade.IsUpgraded)
            {
                await upgrade.RefuseAsync(context.Response).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            await output.CompleteAsync(e).ConfigureAwait(false); // the application threw: the client sees the end of its link
        }
    }

    private static async Task<RequestHead> ReadHeadAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync().ConfigureAwait(false);
            byte[] bytes = System.Buffers.BuffersExtensions.ToArray(read.Buffer);
            if (WebSocketHandshake.TryReadRequest(bytes, out var head, out int consumed, out _))
            {
                input.AdvanceTo(read.Buffer.GetPosition(consumed));
                return head;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                throw new EndOfStreamException("The client gave up.");
            }
        }
    }

    private static void Fill(HttpContext context, RequestHead head, Uri url)
    {
        var request = context.Request;
        request.Method = head.Method;
        request.Protocol = "HTTP/1.1";
        request.Scheme = url.Scheme == "wss" ? "https" : "http";
        request.Path = PathString.FromUriComponent(url);
        request.QueryString = QueryString.FromUriComponent(url);
        foreach (var (name, value) in head)
        {
            request.Headers.Append(name, value);
        }

        request.Host = HostString.FromUriComponent(url);
    }
}
