using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sockeye;
using Sockeye.AspNetCore;

// Somebody else's HTTP server (ASP.NET Core's) holds the request; the toolkit verifies it, and the server's own words answer a bad one.
int port = ExampleProgram.Port(args, 8080);
var rules = new HandshakeRules { SubProtocols = ["myfancyprotocol"], RequireSubProtocol = true, IgnoreSubProtocolCase = true };
var options = new WebSocketEndpointOptions { SubProtocols = { "myfancyprotocol" }, IgnoreSubProtocolCase = true, ReceiveControlFrames = true };

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
await using var app = builder.Build();
app.Run(async context =>
{
    var request = context.Request;
    var headers = request.Headers.SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""));
    var outcome = WebSocketHandshake.Verify(request.Method, request.Path + request.QueryString, headers, rules);
    if (outcome.IsAccepted)
    {
        await context.AcceptSockeyeAsync(TalkAsync, options);
        return;
    }

    string why = outcome.Error switch
    {
        HandshakeError.NoSubProtocolOffered => "no protocol advertised",
        HandshakeError.NoCommonSubProtocol => "no advertised protocol supported",
        _ => outcome.Message,
    };
    Console.WriteLine($"WS negotiation failed: {why}");
    context.Response.StatusCode = StatusCodes.Status400BadRequest;
    context.Response.ContentType = "text/plain; charset=utf-8";
    context.Response.Headers.Connection = "close";
    await context.Response.WriteAsync($"Websocket negotiation failed: {why}");
});
try
{
    await app.StartAsync();
}
catch (IOException e)
{
    throw ExampleProgram.Refuse(e.Message);
}

Console.WriteLine($"listening on {app.Urls.First().Replace("http://", "ws://", StringComparison.Ordinal)}/");
await app.WaitForShutdownAsync();

static async Task TalkAsync(WebSocketConnection connection)
{
    Console.WriteLine("New websocket customer arrived!");
    var message = await connection.ReceiveAsync();
    for (; !message.IsClose; message = await connection.ReceiveAsync())
    {
        Console.WriteLine($"(opcode: {message.Type}, data length: {message.Length})"); // A ping is only shown: its answer is on the way.
        try
        {
            if (message.Type == MessageType.Text)
            {
                await connection.SendAsync("thanks for the data!");
            }
            else if (message.Type == MessageType.Binary)
            {
                await connection.SendAsync(message);
            }
        }
        catch (WebSocketClosedException e)
        {
            Console.WriteLine($"encountered exception: {e.Message}");
        }
    }

    int length = message.Length; // of the close frame, if there was one
    var end = await connection.Closed;
    if (end.ReceivedCode is not null)
    {
        Console.WriteLine($"(opcode: Close, data length: {length})");
    }

    Console.WriteLine($"socket went away, close code: {(int)end.Code}, reason: {ExampleProgram.Printable(end.Reason)}");
}
