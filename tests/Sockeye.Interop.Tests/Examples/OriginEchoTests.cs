using Sockeye.Interop.Tests.Cli;
using Sockeye.Tests.Dialects;
using Sockeye.Tests.Support;

namespace Sockeye.Interop.Tests.Examples;

/// <summary>The program OriginEcho: a browser of 2010, byte by byte, and the framing of August 2010.</summary>
public sealed class OriginEchoTests
{
    [Fact]
    public async Task The_drafts_example_is_answered_byte_by_byte()
    {
        await using var program = await SockeyeProcess.ExampleAsync("OriginEcho");
        using var browser = await RawClient.ConnectAsync(program.Url);
        await browser.SendAsync(Transcripts.Hixie76Head + Transcripts.Hixie76Key3);
        await browser.ExpectAsync(Transcripts.Hixie76ResponseHead.Replace("Sec-WebSocket-Protocol: sample\r\n", "", StringComparison.Ordinal));
        await browser.ExpectAsync(Transcripts.Hixie76Answer);
        await browser.SendAsync("\u0000Hello\u00FF");
        await browser.ExpectAsync("\u0000Hello\u00FF");
        await browser.SendAsync("\u0000\u00FF");
        await browser.ExpectAsync("\u0000\u00FF");
        await browser.SendAsync("\u00FF\u0000");
        await browser.ExpectAsync("\u00FF\u0000");
        Assert.Equal(0, await browser.Stream.ReadAsync(new byte[1]).Soon());
        Assert.Equal("Hello", await program.ReadLineAsync());
        Assert.Equal("", await program.ReadLineAsync());
        Assert.Equal("#<eof>", await program.ReadLineAsync());
    }

    [Theory]
    [InlineData("http://somewhere.example", "localhost")]
    [InlineData("null", "127.0.0.1")]
    public async Task The_answer_names_the_clients_origin_and_the_servers_address(string origin, string host)
    {
        await using var program = await SockeyeProcess.ExampleAsync("OriginEcho");
        string authority = $"{host}:{new Uri(program.Url).Port}";
        using var browser = await RawClient.ConnectAsync(program.Url);
        await browser.SendAsync(Transcripts.Hixie76Head
            .Replace("/demo", "/", StringComparison.Ordinal)
            .Replace("Host: example.com", "Host: " + authority, StringComparison.Ordinal)
            .Replace("Origin: http://example.com", "Origin: " + origin, StringComparison.Ordinal));
        await browser.ExpectAsync(
            "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Origin: {origin}\r\nSec-WebSocket-Location: ws://{authority}/\r\n\r\n"); // before its eight bytes have come
        await browser.SendAsync(Transcripts.Hixie76Key3);
        await browser.ExpectAsync(Transcripts.Hixie76Answer);
    }

    [Fact]
    public async Task The_new_framing_has_a_length()
    {
        await using var program = await SockeyeProcess.ExampleAsync("OriginEcho", "--framing", "new");
        using var browser = await RawClient.ConnectAsync(program.Url);
        await browser.SendAsync(Transcripts.Hixie76Head + Transcripts.Hixie76Key3);
        await browser.ExpectAsync(Transcripts.Hixie76ResponseHead.Replace("Sec-WebSocket-Protocol: sample\r\n", "", StringComparison.Ordinal));
        await browser.ExpectAsync(Transcripts.Hixie76Answer);
        const string frame = "\u00FF\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0005Hello";
        await browser.SendAsync(frame);
        await browser.ExpectAsync(frame);
        Assert.Equal("Hello", await program.ReadLineAsync());

        await using var client = await WebSocketClient.ConnectAsync(
            program.Url, new WebSocketClientOptions { Dialect = WebSocketDialects.August2010, Origin = "http://somewhere.example" }).Soon();
        await client.SendAsync("\u001B[31m caf\u00E9");
        Assert.Equal("\u001B[31m caf\u00E9", (await client.ReceiveAsync().Soon()).ToString());
        Assert.Equal("\uFFFD[31m caf\u00E9", await program.ReadLineAsync()); // The terminal does not obey a peer.
        Assert.True((await client.CloseAsync().Soon()).IsClean);
        Assert.Equal("#<eof>", await program.ReadLineAsync());
    }

    [Fact]
    public async Task Other_dialects_and_framings_are_refused()
    {
        await using var program = await SockeyeProcess.ExampleAsync("OriginEcho");
        var refused = await Assert.ThrowsAsync<WebSocketHandshakeException>(() => WebSocketClient.ConnectAsync(program.Url).Soon());
        Assert.Equal(426, refused.StatusCode);
        await Assert.ThrowsAsync<InvalidOperationException>(() => SockeyeProcess.ExampleAsync("OriginEcho", "--framing", "newest"));
    }
}
