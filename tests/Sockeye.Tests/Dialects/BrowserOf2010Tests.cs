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
