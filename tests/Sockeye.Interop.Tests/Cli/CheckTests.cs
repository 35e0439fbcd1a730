using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sockeye.Interop.Tests.Cli;

public class CheckTests
{
    [Fact]
    public async Task A_server_that_opens_no_WebSocket_is_found_bad()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var refusing = RefuseAsync(listener, stop.Token);
        var outcome = await SockeyeProcess.RunAsync("", "check", $"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/", "--cases", "1.*", "--json");
        await stop.CancelAsync();
        await refusing;

        Assert.Equal(1, outcome.ExitCode);
        using var json = JsonDocument.Parse(string.Join('\n', outcome.Lines));
        Assert.Equal(16, json.RootElement.GetProperty("counts").GetProperty("fail").GetInt32());
    }

    [Fact]
    public async Task Clients_are_judged_and_reported()
    {
        string folder = Directory.CreateTempSubdirectory("sockeye-check").FullName;
        try
        {
            await using var judge = SockeyeProcess.Start("check", "--listen", "ws://127.0.0.1:0", "--cases", "1.*,7.7.*,H.4.1", "--report", folder);
            string line = await judge.ReadLineAsync();
            var url = new Uri(line["listening on ".Length..]);
            int count = await EchoAgent.RunAsync(url, "Sockeye", () => new WebSocketClientOptions());
            var outcome = await judge.EndAsync();

            Assert.True(outcome.ExitCode == 0, string.Join('\n', outcome.Lines));
            Assert.Equal(30, count);
            Assert.Equal(["client-Sockeye.html", "client-Sockeye.json", "index.html"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RefuseAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync(stop);
                await socket.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Over.
        }
    }
}
