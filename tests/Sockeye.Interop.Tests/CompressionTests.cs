using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sockeye.Interop.Tests.Peers;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests;

/// <summary>Compressed messages there and back with other people's clients and servers, in all windows, with and without a context.</summary>
public sealed class CompressionTests
{
    private static readonly int[] s_windows = [9, 10, 11, 12, 13, 14, 15];

    public static TheoryData<PeerKind, bool, int> Peers =>
        [.. from kind in new[] { PeerKind.Node, PeerKind.Python } from takeover in new[] { false, true } from window in s_windows select (kind, takeover, window)];

    public static TheoryData<bool, int> Settings => [.. from takeover in new[] { false, true } from window in s_windows select (takeover, window)];

    [Theory, MemberData(nameof(Peers))]
    public async Task A_client_plays_its_scripts(PeerKind kind, bool takeover, int window)
    {
        await using var server = await CommandServer.StartAsync(new WebSocketServerOptions
        {
            Listen = { "ws://127.0.0.1:0" },
            Transport = window % 2 == 0 ? ServerTransport.Sockets : ServerTransport.Epoll,
            Compression = Options(takeover, window),
        });
        foreach (string script in new[] { "echo-text", "echo-binary", "fragments", "big", "fragments-from-server", "big-from-server" })
        {
            string[] options = ["--deflate", "--window", $"{window}", .. takeover ? new[] { "--takeover" } : []];
            var (passed, output) = await PeerProcess.PlayAsync(kind, (await server.Started)[0].ToString(), script, options);
            Assert.True(passed, $"{script}: {output}");
            Assert.Contains("permessage-deflate", output, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Peers))]
    public async Task A_server_is_understood(PeerKind kind, bool takeover, int window)
    {
        await using var peer = await PeerProcess.ServeAsync(kind, ["--deflate", "--window", $"{window}", .. takeover ? new[] { "--takeover" } : []]);
        var options = new WebSocketClientOptions { Compression = Options(takeover, window), MaxMessageBytes = 4 << 20 };
        await using var connection = await WebSocketClient.ConnectAsync($"ws://127.0.0.1:{peer.Port}/", options);
        AssertAgreed(connection.Extensions, takeover, window);
        await ClientTests.ExchangeAsync(connection);
        await connection.SendAsync("""{"cmd":"fragments","parts":["Grü","ße ","🌍"]}""");
        Assert.Equal("Grüße 🌍", (await connection.ReceiveAsync().Soon()).ToString());
        await connection.SendAsync("""{"cmd":"big","bytes":1048576}""");
        Assert.Equal(1_048_576, (await connection.ReceiveAsync().Soon()).Length);
        Assert.True((await connection.CloseAsync().Soon()).IsClean);
    }

    [Theory, MemberData(nameof(Settings))]
    public async Task Kestrel_is_understood(bool takeover, int window)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Microsoft.AspNetCore.Hosting.WebHostBuilderKestrelExtensions.ConfigureKestrel(builder.WebHost, kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Run(context => EchoAsync(context, takeover, window));
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var options = new WebSocketClientOptions { Compression = Options(takeover, window) };
        await using (var connection = await WebSocketClient.ConnectAsync($"ws://127.0.0.1:{address.Port}/", options))
        {
            AssertAgreed(connection.Extensions, takeover, window);
            await ClientTests.ExchangeAsync(connection);
            Assert.True((await connection.CloseAsync().Soon()).IsClean);
        }

        await app.StopAsync();
    }

    [Theory, MemberData(nameof(Settings))]
    public async Task The_base_library_s_client_is_understood(bool takeover, int window)
    {
        await using var server = await CommandServer.StartAsync(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" }, Compression = Options(true, 15) });
        using var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions
        {
            ServerContextTakeover = takeover,
            ClientContextTakeover = takeover,
            ServerMaxWindowBits = window,
            ClientMaxWindowBits = window,
        };
        await client.ConnectAsync((await server.Started)[0], CancellationToken.None).Soon();
        AssertAgreed(client.HttpResponseHeaders!["Sec-WebSocket-Extensions"].Single(), takeover, window);
        byte[] buffer = new byte[200_000];
        foreach (int size in new[] { 0, 1, 300, 5000, 70_000, 150_000 })
        {
            string text = string.Concat(Enumerable.Range(0, size / 10).Select(i => $"{i % 977,10}"));
            await client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None).Soon();
            int length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await client.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).Soon();
                length += result.Count;
            }
            while (!result.EndOfMessage);

            Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, length));
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).Soon();
    }

    private static CompressionOptions Options(bool takeover, int window) => new()
    {
        ServerContextTakeover = takeover,
        ClientContextTakeover = takeover,
        ServerMaxWindowBits = window,
        ClientMaxWindowBits = window,
        ThresholdBytes = 0,
    };

    private static void AssertAgreed(string? extensions, bool takeover, int window)
    {
        Assert.StartsWith("permessage-deflate", extensions, StringComparison.Ordinal);
        Assert.Equal(!takeover, extensions!.Contains("server_no_context_takeover", StringComparison.Ordinal));
        Assert.True(window == 15 || extensions.Contains($"server_max_window_bits={window}", StringComparison.Ordinal), extensions);
    }

    private static async Task EchoAsync(HttpContext context, bool takeover, int window)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            DangerousEnableCompression = true,
            DisableServerContextTakeover = !takeover,
            ServerMaxWindowBits = window,
        });
        byte[] buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == System.Net.WebSockets.WebSocketMessageType.Close)
            {
                await socket.CloseAsync(socket.CloseStatus!.Value, socket.CloseStatusDescription, context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
    }
}
