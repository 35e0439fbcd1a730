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

/// <summary>Our client against other people's servers.</summary>
public sealed class ClientTests
{
    [Theory]
    [InlineData(PeerKind.Node)]
    [InlineData(PeerKind.Python)]
    public async Task A_server_is_understood(PeerKind kind)
    {
        await using var peer = await PeerProcess.ServeAsync(kind, "--subprotocol", "chat");
        var options = new WebSocketClientOptions { SubProtocols = { "other", "chat" }, MaxMessageBytes = 4 << 20 };
        await using (var connection = await WebSocketClient.ConnectAsync($"ws://127.0.0.1:{peer.Port}/", options))
        {
            Assert.Equal("chat", connection.SubProtocol);
            await ExchangeAsync(connection);
            await connection.SendAsync("""{"cmd":"ping","data":"hi"}""");
            Assert.Equal("pong hi", (await connection.ReceiveAsync().Soon()).ToString());
            await connection.SendAsync("""{"cmd":"fragments","parts":["Grü","ße ","🌍"]}""");
            Assert.Equal("Grüße 🌍", (await connection.ReceiveAsync().Soon()).ToString());
            await connection.SendAsync("""{"cmd":"big","bytes":1048576}""");
            var big = await connection.ReceiveAsync().Soon();
            Assert.Equal(1_048_576, big.Length);
            Assert.Equal((byte)(1_048_575 % 251), big.Span[^1]);
            var end = await connection.CloseAsync((CloseCode)4002, "enough").Soon();
            Assert.True(end.IsClean);
            Assert.Equal((CloseCode)4002, end.ReceivedCode);
        }

        await using var second = await WebSocketClient.ConnectAsync($"ws://127.0.0.1:{peer.Port}/", options);
        await second.SendAsync("""{"cmd":"close","code":4001,"reason":"bye"}""");
        Assert.True((await second.ReceiveAsync().Soon()).IsClose);
        var closed = await second.Closed.Soon();
        Assert.Equal(((CloseCode)4001, "bye", CloseInitiator.Remote, true), (closed.Code, closed.Reason, closed.Initiator, closed.IsClean));

        await using var third = await WebSocketClient.ConnectAsync($"ws://127.0.0.1:{peer.Port}/", options);
        await third.SendAsync("""{"cmd":"drop"}""");
        Assert.Equal((CloseCode.Abnormal, false), ((await third.Closed.Soon()).Code, (await third.Closed).IsClean));
    }

    [Theory]
    [InlineData(PeerKind.Node)]
    [InlineData(PeerKind.Python)]
    public async Task A_server_is_understood_over_TLS(PeerKind kind)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            string certificate = Path.Combine(folder.FullName, "certificate.pem");
            string key = Path.Combine(folder.FullName, "key.pem");
            await File.WriteAllTextAsync(certificate, TestCertificate.Localhost.ExportCertificatePem());
            using (var ecdsa = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(TestCertificate.Localhost)!)
            {
                await File.WriteAllTextAsync(key, ecdsa.ExportPkcs8PrivateKeyPem());
            }

            await using var peer = await PeerProcess.ServeAsync(kind, "--tls-cert", certificate, "--tls-key", key);
            var options = new WebSocketClientOptions { DangerouslyAcceptAnyCertificate = true };
            await using var connection = await WebSocketClient.ConnectAsync($"wss://127.0.0.1:{peer.Port}/", options);
            await ExchangeAsync(connection);
            Assert.True((await connection.CloseAsync().Soon()).IsClean);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kestrel_is_understood(bool tls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Microsoft.AspNetCore.Hosting.WebHostBuilderKestrelExtensions.ConfigureKestrel(
            builder.WebHost,
            kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
            {
                if (tls)
                {
                    Microsoft.AspNetCore.Hosting.ListenOptionsHttpsExtensions.UseHttps(listen, TestCertificate.Localhost);
                }
            }));
        builder.Services.AddRouting();
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Run(EchoAsync);
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

        var options = new WebSocketClientOptions { DangerouslyAcceptAnyCertificate = true };
        await using (var connection = await WebSocketClient.ConnectAsync($"{(tls ? "wss" : "ws")}://127.0.0.1:{address.Port}/", options))
        {
            await ExchangeAsync(connection);
            var end = await connection.CloseAsync((CloseCode)4003, "genug").Soon();
            Assert.True(end.IsClean);
        }

        var refusal = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => WebSocketClient.ConnectAsync(
            $"{(tls ? "wss" : "ws")}://127.0.0.1:{address.Port}/refuse", options));
        Assert.Equal((403, "not you"), (refusal.StatusCode, Encoding.UTF8.GetString(refusal.Body.Span)));
        await app.StopAsync();
    }

    /// <summary>Text, binary, empty, fragments, 1 MiB, a ping: there and back.</summary>
    internal static async Task ExchangeAsync(WebSocketConnection connection)
    {
        foreach (string text in new[] { "hello", "", "Grüße, 世界 🌍", new string('x', 70_000) })
        {
            await connection.SendAsync(text);
            var echo = await connection.ReceiveAsync().Soon();
            Assert.Equal((MessageType.Text, text), (echo.Type, echo.ToString()));
        }

        byte[] big = new byte[1 << 20];
        new Random(1).NextBytes(big);
        await connection.SendAsync(big);
        var back = await connection.ReceiveAsync().Soon();
        Assert.Equal(MessageType.Binary, back.Type);
        Assert.True(back.Span.SequenceEqual(big));

        await using (var writer = connection.StartMessage(MessageType.Text))
        {
            await writer.WriteAsync("in "u8.ToArray());
            await writer.WriteAsync("three "u8.ToArray());
            await writer.CompleteAsync("parts"u8.ToArray());
        }

        Assert.Equal("in three parts", (await connection.ReceiveAsync().Soon()).ToString());
        Assert.True(await connection.PingAsync(new byte[] { 1, 2, 3 }).Soon() > TimeSpan.Zero);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        if (context.Request.Path == "/refuse")
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("not you");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
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
