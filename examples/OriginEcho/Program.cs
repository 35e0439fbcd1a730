using Sockeye;

var arguments = ExampleProgram.Read(args, ("--port", "8080"), ("--framing", "old"));
var options = new WebSocketServerOptions
{
    Listen = { $"ws://127.0.0.1:{ExampleProgram.Port(arguments)}" },
    Dialects = arguments["--framing"] switch
    {
        "old" => WebSocketDialects.Hixie76,
        "new" => WebSocketDialects.August2010,
        _ => throw ExampleProgram.Refuse("--framing is old or new"),
    },
    DangerouslyAllowAnyOrigin = true, // The answer names the client's own origin, whatever it is.
    AllowedHosts = { "example.com" }, // The host in the draft's example, so that its bytes can be played.
};

await using var server = new WebSocketServer(options, WebSocketHandlers.Blocking(connection =>
{
    for (var message = connection.Receive(); !message.IsClose; message = connection.Receive())
    {
        Console.WriteLine(ExampleProgram.Printable(message.ToString()));
        connection.Send(message);
    }

    Console.WriteLine("#<eof>");
}));
await ExampleProgram.RunAsync(server);
