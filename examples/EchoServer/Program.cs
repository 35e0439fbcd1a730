using Sockeye;

await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:8080", async connection =>
{
    await foreach (var message in connection)
        await connection.SendAsync(message);
});
await server.Stopped;
