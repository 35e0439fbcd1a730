using Sockeye.Interop.Tests.Cli;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.Examples;

/// <summary>The program HelloWorld: one origin, a greeting in two messages, an echo that keeps the type.</summary>
public sealed class HelloWorldTests
{
    private const string Origin = "http://arsdnet.net";

    [Fact]
    public async Task It_greets_and_echoes_text_as_text_and_binary_as_binary()
    {
        await using var program = await SockeyeProcess.ExampleAsync("HelloWorld");
        await using var client = await WebSocketClient.ConnectAsync(program.Url, new WebSocketClientOptions { Origin = Origin }).Soon();
        Assert.Equal("hello", (await client.ReceiveAsync().Soon()).ToString());
        Assert.Equal(" world!", (await client.ReceiveAsync().Soon()).ToString());
        foreach (var type in (MessageType[])[MessageType.Text, MessageType.Binary, MessageType.Text])
        {
            await client.SendAsync("abc"u8.ToArray(), type);
            var back = await client.ReceiveAsync().Soon();
            Assert.Equal((type, "abc"u8.ToArray()), (back.Type, back.ToArray()), (x, y) => x.Item1 == y.Item1 && x.Item2.AsSpan().SequenceEqual(y.Item2));
        }

        Assert.True((await client.CloseAsync(CloseCode.Normal, "enough").Soon()).IsClean);
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("https://arsdnet.net")]
    [InlineData("http://arsdnet.net.example.com")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Any_other_origin_is_403(string? origin)
    {
        await using var program = await SockeyeProcess.ExampleAsync("HelloWorld");
        var refused = await Assert.ThrowsAsync<WebSocketHandshakeException>(
            () => WebSocketClient.ConnectAsync(program.Url, new WebSocketClientOptions { Origin = origin }).Soon());
        Assert.Equal(403, refused.StatusCode);
    }

    [Fact]
    public async Task A_browser_that_just_looks_is_told_what_this_is()
    {
        await using var program = await SockeyeProcess.ExampleAsync("HelloWorld");
        using var http = new HttpClient();
        Assert.Equal(
            "You are loading the websocket endpoint in a browser instead of a websocket client. Use a websocket client on this url instead.\n",
            await http.GetStringAsync(program.Page).Soon());
    }
}
