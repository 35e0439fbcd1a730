using Sockeye.Tests.Support;
using static Sockeye.Tests.Dialects.Transcripts;

namespace Sockeye.Tests.Dialects;

/// <summary>
/// What implementations of 2010 got wrong, each shown to be right here; those that other tests of this folder show are not repeated.
/// </summary>
public sealed class KnownDefectsTests
{
    [Theory]
    [InlineData(WebSocketDialects.Hixie76, "00 48656C6C")]
    [InlineData(WebSocketDialects.Hixie76, "80 0548")]
    [InlineData(WebSocketDialects.August2010, "FF 0000000000000005 4865")]
    [InlineData(WebSocketDialects.August2010, "FF 000000")]
    [InlineData(WebSocketDialects.August2010, "")]
    public async Task A_frame_that_breaks_off_is_no_message_and_the_end_is_a_value(WebSocketDialects dialect, string frames)
    {
        var (server, peer, connection) = await OpenAsync(dialect, Hixie76Head + Hixie76Key3, Hixie76ResponseHead + Hixie76Answer);
        await using var stop = server;
        using var gone = peer;
        await peer.SendAsync(Convert.FromHexString(frames.Replace(" ", "", StringComparison.Ordinal)));
        peer.ShutdownSend();
        Assert.True((await connection.ReceiveAsync().Soon()).IsClose);
        var result = await connection.Closed.Soon();
        Assert.Equal((CloseCode.Abnormal, false), (result.Code, result.IsClean));
        Assert.Equal(ConnectionState.Closed, connection.State);
    }

    [Fact]
    public async Task A_received_close_marks_the_connection_as_closing()
    {
        var (server, peer, connection) = await OpenAsync(WebSocketDialects.Hixie76, Hixie76Head + Hixie76Key3, Hixie76ResponseHead + Hixie76Answer);
        await using var stop = server;
        using var gone = peer;
        await peer.SendAsync(0xFF, 0x00);
        Assert.True((await connection.ReceiveAsync().Soon()).IsClose);
        Assert.NotEqual(ConnectionState.Open, connection.State);
        await Assert.ThrowsAsync<WebSocketClosedException>(() => connection.SendAsync("late").AsTask());
        Assert.Equal([0xFF, 0x00], await peer.ReadToEndAsync());
        peer.Dispose();
        var result = await connection.Closed.Soon();
        Assert.Equal((CloseCode.NoCode, CloseInitiator.Remote, true), (result.Code, result.Initiator, result.IsClean));
    }

    [Fact]
    public async Task Header_names_have_any_case_and_need_no_space_behind_the_colon()
    {
        string request = Hixie76Head
            .Replace("Host: ", "host:", StringComparison.Ordinal)
            .Replace("Sec-WebSocket-Key1: ", "SEC-WEBSOCKET-KEY1:", StringComparison.Ordinal)
            .Replace("Sec-WebSocket-Key2: ", "sec-websocket-key2:", StringComparison.Ordinal)
            .Replace("Origin: ", "origin:", StringComparison.Ordinal);
        var (server, peer, connection) = await OpenAsync(WebSocketDialects.Hixie76, request + Hixie76Key3, Hixie76ResponseHead + Hixie76Answer);
        await using var stop = server;
        peer.Dispose();
        Assert.Equal("http://example.com", connection.Request!.Origin);
    }

    [Fact]
    public async Task No_subprotocol_is_answered_that_was_not_offered_and_no_origin_that_did_not_come()
    {
        string request = Hixie76Head
            .Replace("Sec-WebSocket-Protocol: sample\r\n", "", StringComparison.Ordinal)
            .Replace("Origin: http://example.com\r\n", "", StringComparison.Ordinal);
        string response = Hixie76ResponseHead
            .Replace("Sec-WebSocket-Protocol: sample\r\n", "", StringComparison.Ordinal)
            .Replace("Sec-WebSocket-Origin: http://example.com\r\n", "", StringComparison.Ordinal);
        var (server, peer, connection) = await OpenAsync(WebSocketDialects.Hixie76, request + Hixie76Key3, response + Hixie76Answer);
        await using var stop = server;
        peer.Dispose();
        Assert.Null(connection.SubProtocol);
    }

    [Fact]
    public async Task The_clients_headers_stay_visible_after_accepting_and_so_does_the_response()
    {
        var (server, peer, connection) = await OpenAsync(WebSocketDialects.Hixie76, Hixie76Head + Hixie76Key3, Hixie76ResponseHead + Hixie76Answer);
        await using var stop = server;
        peer.Dispose();
        Assert.Equal("4 @1  46546xW%0l 1 5", connection.Request!["Sec-WebSocket-Key1"]);
        Assert.Equal("ws://example.com/demo", connection.Response!["Sec-WebSocket-Location"]);
    }

    [Fact]
    public async Task A_dialect_is_the_connections_own_not_the_processes()
    {
        await using var old = await Pair.OpenAsync(TransportKind.Memory, server: o => o.Dialects = WebSocketDialects.Hixie76, client: o => o.Dialect = WebSocketDialects.Hixie76);
        await using var august = await Pair.OpenAsync(TransportKind.Memory, server: o => o.Dialects = WebSocketDialects.August2010, client: o => o.Dialect = WebSocketDialects.August2010);
        for (int i = 0; i < 3; i++)
        {
            await old.Client.SendAsync("old");
            await august.Client.SendAsync("new");
            Assert.Equal("old", (await old.Server.ReceiveAsync().Soon()).ToString());
            Assert.Equal("new", (await august.Server.ReceiveAsync().Soon()).ToString());
        }
    }

    [Theory]
    [InlineData(ServerTransport.Sockets)]
    [InlineData(ServerTransport.Epoll)]
    public async Task The_server_speaks_first_but_not_before_its_answer(ServerTransport transport)
    {
        await using var server = await WebSocketServer.StartAsync(
            new WebSocketServerOptions { Transport = transport, Listen = { "ws://127.0.0.1:0" }, Dialects = WebSocketDialects.Hixie76, DangerouslyAllowAnyOrigin = true, AllowedHosts = { "example.com" } },
            connection => connection.SendAsync("Do you read me?").AsTask());
        foreach (int early in (int[])[0, 3, 8])
        {
            using var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
            await peer.SendAsync(Hixie76Head + Hixie76Key3[..early]);
            Assert.StartsWith("HTTP/1.1 101 ", await peer.ReadHeadAsync(), StringComparison.Ordinal);
            await peer.SendAsync(Hixie76Key3[early..]);
            Assert.Equal(Hixie76Answer + "\0Do you read me?\xFF\xFF\0", Latin(await peer.ReadAsync(16 + 17 + 2)));
            await peer.SendAsync(0xFF, 0x00);
            Assert.Empty(await peer.ReadToEndAsync());
        }
    }

    private static async Task<(WebSocketServer Server, RawPeer Peer, WebSocketConnection Connection)> OpenAsync(
        WebSocketDialects dialect, string request, string response)
    {
        var server = new WebSocketServer(new WebSocketServerOptions
        {
            Listen = { "ws://127.0.0.1:0" },
            AllowedHosts = { "example.com" },
            SubProtocols = { "sample" },
            Dialects = dialect,
        });
        await server.StartAsync();
        var peer = await RawPeer.ConnectAsync((await server.Started)[0]);
        await peer.SendAsync(request);
        await using var requests = server.AcceptRequestsAsync().GetAsyncEnumerator();
        Assert.True(await requests.MoveNextAsync().Soon());
        var connection = await requests.Current.AcceptAsync().Soon();
        Assert.Equal(response, Latin(await peer.ReadAsync(response.Length)));
        return (server, peer, connection);
    }
}
