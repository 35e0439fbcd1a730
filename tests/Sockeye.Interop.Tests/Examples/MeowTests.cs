using Sockeye.Interop.Tests.Cli;
using Sockeye.Tests.Dialects;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.Examples;

/// <summary>The program Meow: a question, and then every message back with its noise.</summary>
public sealed class MeowTests
{
    [Fact]
    public async Task The_drafts_example_is_answered_byte_by_byte()
    {
        await using var program = await SockeyeProcess.ExampleAsync("Meow");
        using var browser = await RawClient.ConnectAsync(program.Url);
        await browser.SendAsync(Transcripts.Hixie76Head + Transcripts.Hixie76Key3);
        await browser.ExpectAsync(Transcripts.Hixie76ResponseHead.Replace("Sec-WebSocket-Protocol: sample\r\n", "", StringComparison.Ordinal));
        await browser.ExpectAsync(Transcripts.Hixie76Answer);
        await browser.ExpectAsync("\u0000Do you read me, Lieutenant Bowie?\u00FF");
        await browser.SendAsync("\u0000Hello\u00FF");
        await browser.ExpectAsync("\u0000Hello, meow.\u00FF");
        await browser.SendAsync("\u0000\u00FF");
        await browser.ExpectAsync("\u0000, meow.\u00FF");
        await browser.SendAsync("\u00FF\u0000");
        await browser.ExpectAsync("\u00FF\u0000");
        Assert.Equal("Shook hands, sent welcome message.", await program.ReadLineAsync());
        Assert.Equal("EOF encountered. Closing handle.", await program.ReadLineAsync());
    }

    [Theory]
    [InlineData(WebSocketDialects.Hixie76)]
    [InlineData(WebSocketDialects.Hybi07)]
    [InlineData(WebSocketDialects.Hybi08)]
    [InlineData(WebSocketDialects.Rfc6455)]
    public async Task It_speaks_hixie_76_and_what_came_later(WebSocketDialects dialect)
    {
        await using var program = await SockeyeProcess.ExampleAsync("Meow");
        await using var client = await WebSocketClient.ConnectAsync(
            program.Url, new WebSocketClientOptions { Dialect = dialect, Origin = "http://somewhere.example" }).Soon();
        Assert.Equal("Do you read me, Lieutenant Bowie?", (await client.ReceiveAsync().Soon()).ToString());
        foreach (string text in (string[])["caf\u00E9", "", "still here"])
        {
            await client.SendAsync(text);
            Assert.Equal(text + ", meow.", (await client.ReceiveAsync().Soon()).ToString());
        }

        if (client.Traits.HasFlag(DialectTraits.Binary))
        {
            await client.SendAsync(new byte[] { 0xFF }, MessageType.Binary);
            var back = await client.ReceiveAsync().Soon();
            Assert.Equal(MessageType.Binary, back.Type);
            Assert.Equal([0xFF, .. ", meow."u8], back.ToArray());
        }

        Assert.True((await client.CloseAsync().Soon()).IsClean);
    }

    [Fact]
    public async Task A_signal_ends_it_and_everybody_is_told()
    {
        await using var program = await SockeyeProcess.ExampleAsync("Meow");
        await using var client = await WebSocketClient.ConnectAsync(program.Url).Soon();
        await program.SignalAsync();
        Assert.Equal(CloseCode.GoingAway, (await client.Closed.Soon()).Code);
        Assert.Equal(0, (await program.EndAsync()).ExitCode);
    }
}
