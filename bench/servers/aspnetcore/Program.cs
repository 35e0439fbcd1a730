using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sockeye;
using Sockeye.AspNetCore;
using Sockeye.Bench;

string? certificates = Array.IndexOf(args, "--tls") is >= 0 and var at ? args[at + 1] : null;
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

static void Configure(WebSocketEndpointOptions options)
{
    options.MaxMessageBytes = 2 << 20;
    options.SendBacklogBytes = 4 << 20;
    options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
}

static async Task EchoAsync(WebSocketConnection connection)
{
    await foreach (WebSocketMessage message in connection)
    {
        await connection.SendAsync(message);
    }
}

if (args.Contains("async"))
{
    app.MapWebSocket("/", EchoAsync, Configure);
}
else
{
    app.MapWebSocket("/", new EchoHandler(), Configure);
}

await app.StartAsync();
string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
Console.WriteLine($"listening on {address.Replace("http", "ws", StringComparison.Ordinal)}/");
await app.WaitForShutdownAsync();
