using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sockeye;

var arguments = ExampleProgram.Read(args, ("--port", "8080"), ("--heartbeat", "10"));
int port = ExampleProgram.Port(arguments);
if (!uint.TryParse(arguments["--heartbeat"], out uint heartbeat) || heartbeat is 0 or > 3600)
{
    throw ExampleProgram.Refuse("--heartbeat takes seconds, from 1 to 3600");
}

using var resource = new StreamReader(typeof(Program).Assembly.GetManifestResourceStream("client.html")!);
string page = await resource.ReadToEndAsync();
var connections = new ConnectionSet(); // A connection that ends leaves it by itself.
var echo = WebSocketHandlers.Replying(HandleMessage);

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
await using var app = builder.Build();
app.MapGet("/client", () => Results.Content(page, "text/html; charset=utf-8"));
app.MapGet("/connections", () => connections.Count);
app.MapWebSocket(
    "/ws",
    async connection =>
    {
        connections.Add(connection);
        await connection.SendAsync("Welcome to simple echo server");
        await echo(connection);
    },
    options => options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromSeconds(heartbeat));
try
{
    await app.StartAsync();
}
catch (IOException e)
{
    throw ExampleProgram.Refuse(e.Message);
}

string url = app.Urls.First();
Console.WriteLine($"listening on {url.Replace("http://", "ws://", StringComparison.Ordinal)}/ws");
Console.WriteLine($"the page is {url}/client");
await app.WaitForShutdownAsync();

// A reply, or WebSocketReply.None.
static WebSocketReply HandleMessage(WebSocketMessage message)
{
    Console.WriteLine($"Received: {(message.Type == MessageType.Text ? ExampleProgram.Printable(message.ToString()) : $"{message.Length} bytes")}");
    return message;
}
