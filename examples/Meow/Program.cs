using Sockeye;

var options = new WebSocketServerOptions
{
    Listen = { $"ws://127.0.0.1:{ExampleProgram.Port(args, 12345)}" },
    Dialects = WebSocketDialects.Hixie76 | WebSocketDialects.Hybi07 | WebSocketDialects.Hybi08 | WebSocketDialects.Rfc6455,
    DangerouslyAllowAnyOrigin = true, // It talks to anybody.
    AllowedHosts = { "example.com" }, // The host in the draft's example, so that its bytes can be played.
};

var meow = WebSocketHandlers.Replying(message => message.Type == MessageType.Text
    ? $"{message}, meow."
    : WebSocketReply.Binary((byte[])[.. message.Span, .. ", meow."u8]));

await using var server = new WebSocketServer(options, async connection =>
{
    await connection.SendAsync("Do you read me, Lieutenant Bowie?");
    Console.WriteLine("Shook hands, sent welcome message.");
    await meow(connection);
    Console.WriteLine("EOF encountered. Closing handle.");
});
await ExampleProgram.RunAsync(server);
