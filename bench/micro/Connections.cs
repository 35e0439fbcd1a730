using System.Net.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Sockeye.Connections;
using Sockeye.Protocol.Frames;

namespace Sockeye.Micro;

/// <summary>Open connections, without a handshake or the kernel.</summary>
internal static class Connections
{
    private static readonly WebSocketServerOptions s_options = new() { KeepAliveInterval = Timeout.InfiniteTimeSpan };

    public static WebSocketConnection On(TakingLink link, Role role)
    {
        var outbox = new Outbox(link, role == Role.Client, s_options.SendBacklogBytes, s_options.SlowPeer);
        var core = new ConnectionCore(link, outbox, role, s_options, NullLogger.Instance, ConnectionIds.Next());
        link.Receiver = core.Intake;
        return new WebSocketConnection(core, null);
    }

    public static WebSocket SystemNet(Stream stream, bool isServer) =>
        WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = isServer, KeepAliveInterval = Timeout.InfiniteTimeSpan });
}
