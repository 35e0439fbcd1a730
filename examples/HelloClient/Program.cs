using Sockeye;

await using var connection = await WebSocketClient.ConnectAsync("ws://127.0.0.1:8080/");
await connection.SendAsync("hello");
Console.WriteLine(await connection.ReceiveAsync());
