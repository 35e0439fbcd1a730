using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Bench.Shared;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

const int BufferBytes = 16 * 1024;
string? certificates = Array.IndexOf(args, "--tls") is >= 0 and var at ? args[at + 1] : null;
string? deflate = Array.IndexOf(args, "--deflate") is >= 0 and var place ? args[place + 1] : null;
bool block = args.Contains("--block");
bool broadcast = args.Contains("--broadcast");
Lock gate = new();
WebSocket[] everybody = [];

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
{
    listen.Protocols = HttpProtocols.Http1;
    if (certificates is not null)
    {
        listen.UseHttps(X509Certificate2.CreateFromPemFile(Path.Combine(certificates, "cert.pem"), Path.Combine(certificates, "key.pem")));
    }
}));
await using WebApplication app = builder.Build();
app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
app.Run(ServeAsync);
await app.StartAsync();
string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
Console.WriteLine($"listening on {address.Replace("http", "ws", StringComparison.Ordinal)}/");
await app.WaitForShutdownAsync();

async Task ServeAsync(HttpContext context)
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }

    using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
    {
        DangerousEnableCompression = deflate is not null,
        DisableServerContextTakeover = deflate == "shared",
    });
    Change(() => [.. everybody, socket]);
    byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    try
    {
        await AnswerAsync(socket, buffer.AsMemory(0, BufferBytes));
    }
    catch (WebSocketException)
    {
        // The load ends without closing.
    }
    finally
    {
        ArrayPool<byte>.Shared.Return(buffer);
        Change(() => [.. everybody.Where(other => other != socket)]);
    }
}

async Task AnswerAsync(WebSocket socket, Memory<byte> buffer)
{
    while (true)
    {
        ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None);
        if (received.MessageType == WebSocketMessageType.Close)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            return;
        }

        ReadOnlyMemory<byte> payload = buffer[..received.Count];
        if (block)
        {
            Blocking.Obey(payload.Span);
        }

        if (!broadcast)
        {
            await socket.SendAsync(payload, received.MessageType, received.EndOfMessage, CancellationToken.None);
            continue;
        }

        foreach (WebSocket receiver in everybody)
        {
            await receiver.SendAsync(payload, received.MessageType, received.EndOfMessage, CancellationToken.None);
        }
    }
}

void Change(Func<WebSocket[]> change)
{
    if (broadcast)
    {
        lock (gate)
        {
            everybody = change();
        }
    }
}
