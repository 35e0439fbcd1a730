using Sockeye.Tests.Support;
using static Sockeye.Tests.Dialects.Transcripts;

namespace Sockeye.Tests.Dialects;

/// <summary>Scripted exchanges of a browser of 2010 with our server: every byte of both directions.</summary>
public sealed class BrowserOf2010Tests
{
    public static TheoryData<ServerTransport> Transports => [ServerTransport.Sockets, ServerTransport.Epoll];

    [Theory, MemberData(nameof(Transports))]
    public async Task Hixie_76_from_the_first_byte_to_the_last(ServerTransport transport)
    {
        await using var server = await ServeAsync(transport, WebSocketDialects.All);
        using var browser = await RawPeer.ConnectAsync((await server.Started)[0]);
        await browser.SendAsync(Hixie76Head + Hixie76Key3);
        Assert.Equal(Hixie76ResponseHead + Hixie76Answer, Latin(await browser.ReadAsync(223)));

        await browser.SendAsync([0x00, .. "Hello"u8, 0xFF]);
        Assert.Equal("\0Hello\xFF", Latin(await browser.ReadAsync(7)));
        await browser.SendAsync(0x00, 0xFF, 0x00, 0xC3, 0xA9, 0xFF); // an empty message is a message
        Assert.Equal([0x00, 0xFF, 0x00, 0xC3, 0xA9, 0xFF], await browser.ReadAsync(6));
        await browser.SendAsync([0x80, 0x02, 0x48, 0x65, .. "\x7F"u8, 0xC0, 0xFF, 0x00, .. "Hi"u8, 0xFF]); // binary and unknown frames are passed over
        Assert.Equal("\0Hi\xFF", Latin(await browser.ReadAsync(4)));
        await browser.SendAsync(0xFF, 0x00);
        Assert.Equal([0xFF, 0x00], await browser.ReadToEndAsync());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Hixie_76_behind_a_proxy_that_waits_for_the_head(ServerTransport transport)
    {
        await using var server = await ServeAsync(transport, WebSocketDialects.Hixie76);
        using var browser = await RawPeer.ConnectAsync((await server.Started)[0]);
        await browser.SendAsync(Hixie76Head.Replace("Connection:", "Content-Length: 8\r\nConnection:", StringComparison.Ordinal));
        Assert.Equal(Hixie76ResponseHead, await browser.ReadHeadAsync());
        foreach (byte b in Latin(Hixie76Key3))
        {
            await browser.SendAsync(b);
        }

        await browser.SendAsync([0x00, .. "early"u8, 0xFF]);
        Assert.Equal(Hixie76Answer + "\0early\xFF", Latin(await browser.ReadAsync(16 + 7)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_eight_bytes_of_hixie_76_are_shown(bool together)
    {
        await using var server = new WebSocketServer(new WebSocketServerOptions
        {
            Listen = { "ws://127.0.0.1:0" },
            AllowedHosts = { "example.com" },
            Dialects = WebSocketDialects.All,
        });
        await server.StartAsync();
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        using var browser = await RawPeer.ConnectAsync((await server.Started)[0]);
        await browser.SendAsync(Hixie76Head + (together ? Hixie76Key3 : ""));
        Assert.True(await requests.MoveNextAsync().Soon());
        var accepting = requests.Current.AcceptAsync();
        await browser.SendAsync(together ? "" : Hixie76Key3);
        await using var connection = await accepting.Soon();
        Assert.Equal(Hixie76Key3, Latin(connection.Key3.ToArray()));
        connection.ReleaseHeads();
        Assert.True(connection.Key3.IsEmpty);
        connection.Abort();
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Hixie_75_from_the_first_byte_to_the_last(ServerTransport transport)
    {
        await using var server = await ServeAsync(transport, WebSocketDialects.All);
        using var browser = await RawPeer.ConnectAsync((await server.Started)[0]);
        await browser.SendAsync(Hixie75Request);
        Assert.Equal(Hixie75Response, await browser.ReadHeadAsync());
        await browser.SendAsync([0x00, .. "Hello"u8, 0xFF, 0xFF, 0x00, 0x00, 0xFF]); // FF 00 is no closing frame here
        Assert.Equal("\0Hello\xFF\0\xFF", Latin(await browser.ReadAsync(9)));
        browser.ShutdownSend();
        Assert.Empty(await browser.ReadToEndAsync()); // and none is sent
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task August_2010_from_the_first_byte_to_the_last(ServerTransport transport)
    {
        await using var server = await ServeAsync(transport, WebSocketDialects.August2010);
        using var browser = await RawPeer.ConnectAsync((await server.Started)[0]);
        await browser.SendAsync(Hixie76Head + Hixie76Key3);
        Assert.Equal(Hixie76ResponseHead + Hixie76Answer, Latin(await browser.ReadAsync(223)));
        byte[] hello = [0xFF, 0, 0, 0, 0, 0, 0, 0, 5, .. "Hello"u8];
        await browser.SendAsync([.. hello, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal([.. hello, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0], await browser.ReadAsync(14 + 9));
        await browser.SendAsync(new byte[9]);
        Assert.Equal(new byte[9], await browser.ReadToEndAsync());
    }

    [Theory]
    [InlineData("7", "03EC", "03EC")] // 1004 has a meaning in the drafts
    [InlineData("8", "03EF", "03EF")] // 1007 came with hybi-10, under version 8
    [InlineData("8", "03F0", "03F0")]
    public async Task Hybi_drafts_from_the_first_byte_to_the_last(string version, string close, string answer)
    {
        await using var server = await ServeAsync(ServerTransport.Sockets, WebSocketDialects.All);
        using var browser = await RawPeer.ConnectAsync((await server.Started)[0]);
        await browser.SendAsync(
            "GET /demo HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
            $"Sec-WebSocket-Origin: http://example.com\r\nSec-WebSocket-Protocol: sample\r\nSec-WebSocket-Version: {version}\r\nSec-WebSocket-Extensions: deflate-stream\r\n\r\n");
        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
            "Sec-WebSocket-Protocol: sample\r\n\r\n",
            await browser.ReadHeadAsync());
        await browser.SendAsync(0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58);
        Assert.Equal([0x81, 0x05, .. "Hello"u8], await browser.ReadAsync(7));
        await browser.SendAsync([0x88, 0x82, 0, 0, 0, 0, .. Convert.FromHexString(close)]);
        Assert.Equal([0x88, 0x02, .. Convert.FromHexString(answer)], await browser.ReadToEndAsync());
    }

    private static Task<WebSocketServer> ServeAsync(ServerTransport transport, WebSocketDialects dialects) =>
        WebSocketServer.StartAsync(
            new WebSocketServerOptions
            {
                Transport = transport,
                Listen = { "ws://127.0.0.1:0" },
                AllowedHosts = { "example.com" },
                SubProtocols = { "sample" },
                Dialects = dialects,
            },
            async connection =>
            {
                await foreach (var message in connection)
                {
                    await connection.SendAsync(message);
                }
            });
}
