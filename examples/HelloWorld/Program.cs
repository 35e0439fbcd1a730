using Sockeye;

const string Origin = "http://arsdnet.net";
var options = new WebSocketServerOptions
{
    Listen = { $"ws://127.0.0.1:{ExampleProgram.Port(args, 8085)}" },
    AllowedOrigins = { Origin },
    // The rule above is about browsers. This program wants the origin of everybody.
    OnRequest = request => new(request.Head.Origin == Origin ? OpeningDecision.Accept() : OpeningDecision.Reject(403, "bad origin")),
    OnHttpRequest = _ => PlainResponse.Text(
        200,
        "You are loading the websocket endpoint in a browser instead of a websocket client. Use a websocket client on this url instead.\n"),
};

await using var server = new WebSocketServer(options, async connection =>
{
    await connection.SendAsync("hello");
    await connection.SendAsync(" world!");
    await foreach (var message in connection)
    {
        await connection.SendAsync(message); // as text or binary, as it came
    }
});
await ExampleProgram.RunAsync(server);
