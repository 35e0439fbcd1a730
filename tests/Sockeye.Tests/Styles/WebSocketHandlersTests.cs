using Sockeye.Tests.Support;

namespace Sockeye.Tests.Styles;

public sealed class WebSocketHandlersTests
{
    [Fact]
    public async Task A_message_in_and_a_reply_out_or_none()
    {
        await using var server = await StartAsync(WebSocketHandlers.Replying(message => message.ToString() switch
        {
            "text" => "a text",
            "bytes" => new byte[] { 1, 2 },
            "null" => (string?)null,
            "no bytes" => (byte[]?)null,
            "none" => WebSocketReply.None,
            _ => message,
        }));
        await using var client = await ConnectAsync(server);
        foreach (string text in new[] { "text", "bytes", "null", "no bytes", "none", "", "echo" })
        {
            await client.SendAsync(text).Soon();
        }

        await client.SendAsync(new byte[] { 7 }).Soon();
        Assert.Equal("Text a text", await NextAsync(client));
        Assert.Equal("Binary \u0001\u0002", await NextAsync(client));
        Assert.Equal("Text ", await NextAsync(client)); // an empty message is a message
        Assert.Equal("Text echo", await NextAsync(client));
        Assert.Equal("Binary \u0007", await NextAsync(client));
        Assert.True((await client.CloseAsync().Soon()).IsClean);
    }

    [Fact]
    public async Task Text_is_thanked_for_and_binary_comes_back()
    {
        await using var server = await StartAsync(
            WebSocketHandlers.Replying(message => message.Type == MessageType.Text ? "thanks for the data!" : message));
        await using var client = await ConnectAsync(server);
        await client.SendAsync(new byte[] { 65 }).Soon();
        await client.SendAsync("data").Soon();
        Assert.Equal("Binary A", await NextAsync(client));
        Assert.Equal("Text thanks for the data!", await NextAsync(client));
    }

    [Fact]
    public async Task A_reply_may_be_awaited_and_know_the_connection()
    {
        await using var server = await StartAsync(
            WebSocketHandlers.Replying(async (connection, message) =>
            {
                string text = message.ToString();
                await Task.Yield();
                return $"{text} {connection.UserState}";
            }),
            o => o.OnRequest = request => ValueTask.FromResult(OpeningDecision.Accept(userState: request.Head.Path)));
        await using var client = await WebSocketClient.ConnectAsync(new Uri((await server.Started)[0], "/room"));
        await client.SendAsync("hello").Soon();
        Assert.Equal("Text hello /room", await NextAsync(client));
    }

    [Fact]
    public async Task It_replies_to_messages_only_and_a_fault_closes_with_1011()
    {
        await using var server = await StartAsync(
            WebSocketHandlers.Replying(message => message.Length == 0 ? throw new InvalidOperationException("boom") : message),
            o => o.ReceiveControlFrames = true);
        await using var client = await ConnectAsync(server);
        await client.PingAsync().Soon();
        await client.SendAsync("one").Soon();
        Assert.Equal("Text one", await NextAsync(client));
        await client.SendAsync("").Soon();
        Assert.Equal(CloseCode.InternalError, (await client.Closed.Soon()).Code);
    }

    [Fact]
    public async Task A_blocking_handler_has_a_thread_of_its_own()
    {
        const int count = 80; // more than may be stuck on event loops
        await using var server = await StartAsync(WebSocketHandlers.Blocking(connection =>
        {
            connection.Send(Thread.CurrentThread.IsThreadPoolThread ? "pool" : "own");
            for (var message = connection.Receive(); !message.IsClose; message = connection.Receive())
            {
                connection.Send(message);
            }
        }));
        var clients = new List<WebSocketConnection>();
        for (int i = 0; i < count; i++)
        {
            clients.Add(await ConnectAsync(server));
            Assert.Equal("Text own", await NextAsync(clients[^1]));
        }

        Assert.Equal(0, server.StuckThreads);
        for (int i = count - 1; i >= 0; i--)
        {
            await clients[i].SendAsync($"{i}").Soon();
            Assert.Equal($"Text {i}", await NextAsync(clients[i]));
            Assert.True((await clients[i].CloseAsync().Soon()).IsClean);
            await clients[i].DisposeAsync();
        }

        await Waits.Until(() => server.ConnectionCount == 0, "all leave");
    }

    [Fact]
    public async Task What_a_blocking_handler_throws_closes_with_1011()
    {
        await using var server = await StartAsync(WebSocketHandlers.Blocking(_ => throw new InvalidOperationException("boom")));
        await using var client = await ConnectAsync(server);
        Assert.Equal(CloseCode.InternalError, (await client.Closed.Soon()).Code);
    }

    private static Task<WebSocketServer> StartAsync(Func<WebSocketConnection, Task> handler, Action<WebSocketServerOptions>? configure = null)
    {
        var options = new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } };
        configure?.Invoke(options);
        return WebSocketServer.StartAsync(options, handler);
    }

    private static async Task<WebSocketConnection> ConnectAsync(WebSocketServer server) =>
        await WebSocketClient.ConnectAsync((await server.Started)[0]);

    private static async Task<string> NextAsync(WebSocketConnection connection)
    {
        var message = await connection.ReceiveAsync().Soon();
        return $"{message.Type} {message}";
    }
}
