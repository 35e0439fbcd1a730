using System.IO.Pipelines;
using Sockeye.Transports.Memory;
using Sockeye.Transports.Pipes;

namespace Sockeye.Tests.Support;

/// <summary>A client and a server connection with each other, over some transport.</summary>
internal sealed class Pair : IAsyncDisposable
{
    public static readonly Uri Url = new("ws://localhost/");

    private Pair(WebSocketServer host, WebSocketConnection client, WebSocketConnection server) =>
        (Host, Client, Server) = (host, client, server);

    public static TheoryData<TransportKind> Transports => [.. Enum.GetValues<TransportKind>()];

    public WebSocketServer Host { get; }

    public WebSocketConnection Client { get; }

    public WebSocketConnection Server { get; }

    public MemoryLink? ClientLink { get; private set; }

    public static async Task<Pair> OpenAsync(
        TransportKind kind, Action<WebSocketOptions>? both = null, Action<WebSocketServerOptions>? server = null, Action<WebSocketClientOptions>? client = null)
    {
        var serverOptions = new WebSocketServerOptions();
        var clientOptions = new WebSocketClientOptions { DangerouslyAcceptAnyCertificate = true };
        clientOptions.UseEventLoops = kind is TransportKind.Epoll or TransportKind.EpollTls;
        both?.Invoke(serverOptions);
        both?.Invoke(clientOptions);
        server?.Invoke(serverOptions);
        client?.Invoke(clientOptions);
        if (kind is TransportKind.Sockets or TransportKind.Tls or TransportKind.Epoll or TransportKind.EpollTls)
        {
            serverOptions.Transport = kind is TransportKind.Epoll or TransportKind.EpollTls ? ServerTransport.Epoll : ServerTransport.Sockets;
            serverOptions.Listen.Add(kind is TransportKind.Tls or TransportKind.EpollTls ? "wss://127.0.0.1:0" : "ws://127.0.0.1:0");
            serverOptions.Certificate = TestCertificate.Localhost;
            var host = await WebSocketServer.StartAsync(serverOptions);
            var opening = WebSocketClient.ConnectAsync((await host.Started)[0], clientOptions);
            return await AcceptAsync(host, opening);
        }
        else
        {
            var host = new WebSocketServer(serverOptions);
            return await AcceptAsync(host, kind == TransportKind.Pipes ? OverPipes(host, clientOptions) : OverMemory(host, clientOptions));
        }
    }

    /// <summary>Over a memory link with cuts and faults.</summary>
    public static async Task<Pair> OpenAsync(
        MemoryLinkOptions clientLink, MemoryLinkOptions serverLink, WebSocketServerOptions server, WebSocketClientOptions client)
    {
        var (a, b) = MemoryLink.CreatePair(clientLink, serverLink);
        var host = new WebSocketServer(server);
        host.Attach(b);
        var pair = await AcceptAsync(host, WebSocketClient.ConnectAsync(a, Url, client));
        pair.ClientLink = a;
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        Server.Abort();
        await Client.DisposeAsync().Soon();
        await Server.DisposeAsync().Soon();
        await Host.StopAsync(TimeSpan.Zero).Soon();
    }

    private static Task<WebSocketConnection> OverMemory(WebSocketServer host, WebSocketClientOptions client)
    {
        var (a, b) = MemoryLink.CreatePair();
        host.Attach(b);
        return WebSocketClient.ConnectAsync(a, Url, client);
    }

    private static Task<WebSocketConnection> OverPipes(WebSocketServer host, WebSocketClientOptions client)
    {
        var (up, down) = (new Pipe(), new Pipe());
        host.Attach(new Duplex(up.Reader, down.Writer));
        return WebSocketClient.ConnectAsync(new PipeLink(down.Reader, up.Writer, new PipeLinkDetails()), Url, client);
    }

    private static async Task<Pair> AcceptAsync(WebSocketServer host, Task<WebSocketConnection> opening)
    {
        await using var requests = host.AcceptRequestsAsync().GetAsyncEnumerator();
        Assert.True(await requests.MoveNextAsync().Soon());
        var server = await requests.Current.AcceptAsync();
        return new Pair(host, await opening.Soon(), server);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
