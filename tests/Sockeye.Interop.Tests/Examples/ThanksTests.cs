using Sockeye.Interop.Tests.Cli;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.Examples;

/// <summary>The program Thanks: what it answers, prints and refuses.</summary>
public sealed class ThanksTests
{
    private const string Good = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    [Fact]
    public async Task It_thanks_for_text_sends_binary_back_and_prints_every_frame()
    {
        await using var program = await SockeyeProcess.ExampleAsync("Thanks");
        await using (var client = await ConnectAsync(program))
        {
            Assert.Equal("myfancyprotocol", client.SubProtocol);
            await client.SendAsync("hello");
            Assert.Equal("thanks for the data!", (await client.ReceiveAsync().Soon()).ToString());
            await client.SendAsync(new byte[] { 1, 2, 3 }, MessageType.Binary);
            var back = await client.ReceiveAsync().Soon();
            Assert.Equal(MessageType.Binary, back.Type);
            Assert.Equal([1, 2, 3], back.ToArray());
            await using (var pieces = client.StartMessage(MessageType.Text))
            {
                await pieces.WriteAsync("in three "u8.ToArray());
                await pieces.WriteAsync("frag"u8.ToArray());
                await pieces.CompleteAsync("ments"u8.ToArray());
            }

            Assert.Equal("thanks for the data!", (await client.ReceiveAsync().Soon()).ToString());
            await client.PingAsync(new byte[2]).Soon();
            Assert.True((await client.CloseAsync((CloseCode)4001, "gone").Soon()).IsClean);
        }

        await ExpectLinesAsync(
            program,
            "New websocket customer arrived!",
            "(opcode: Text, data length: 5)",
            "(opcode: Binary, data length: 3)",
            "(opcode: Text, data length: 18)",
            "(opcode: Ping, data length: 2)",
            "(opcode: Close, data length: 6)",
            "socket went away, close code: 4001, reason: gone");

        await using (var client = await ConnectAsync(program))
        {
            await client.SendAsync("");
            Assert.Equal("thanks for the data!", (await client.ReceiveAsync().Soon()).ToString());
            client.Abort();
        }

        await ExpectLinesAsync(program, "New websocket customer arrived!", "(opcode: Text, data length: 0)");
        Assert.StartsWith("socket went away, close code: 1006, reason: ", await program.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Good, "no protocol advertised")]
    [InlineData(Good + "Sec-WebSocket-Protocol: other, myfancyprotocol2\r\n", "no advertised protocol supported")]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", null)]
    [InlineData("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: myfancyprotocol\r\n", null)]
    [InlineData("", null)]
    public async Task A_failed_negotiation_is_400_with_the_reason(string headers, string? reason)
    {
        await using var program = await SockeyeProcess.ExampleAsync("Thanks");
        string answer = await RawClient.AskAsync(program.Url, $"GET / HTTP/1.1\r\nHost: {new Uri(program.Url).Authority}\r\n{headers}\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains($"Websocket negotiation failed: {reason}", answer, StringComparison.Ordinal);
        Assert.StartsWith($"WS negotiation failed: {reason}", await program.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_protocol_is_found_in_a_list_and_in_any_case_and_answered_in_the_servers_spelling()
    {
        await using var program = await SockeyeProcess.ExampleAsync("Thanks");
        using var client = await RawClient.ConnectAsync(program.Url);
        await client.SendAsync($"GET / HTTP/1.1\r\nHost: {new Uri(program.Url).Authority}\r\n{Good}Sec-WebSocket-Protocol: other, MyFancyProtocol\r\n\r\n");
        string head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head += await client.ReadAsync(1);
        }

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head, StringComparison.Ordinal);
        Assert.Contains(": myfancyprotocol\r\n", head, StringComparison.Ordinal);
    }

    private static Task<WebSocketConnection> ConnectAsync(SockeyeProcess program) =>
        WebSocketClient.ConnectAsync(program.Url, new WebSocketClientOptions { SubProtocols = { "myfancyprotocol" } }).Soon();

    private static async Task ExpectLinesAsync(SockeyeProcess program, params string[] lines)
    {
        foreach (string line in lines)
        {
            Assert.Equal(line, await program.ReadLineAsync());
        }
    }
}
