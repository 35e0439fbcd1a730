using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sockeye.Interop.Tests.Cli;

public class CheckTests
{
    [Fact]
    public async Task Our_server_is_found_good()
    {
        await using var server = await SockeyeProcess.ServeAsync("--deflate=takeover");
        var outcome = await SockeyeProcess.RunAsync("", "check", server.Url, "--fast");

        Assert.True(outcome.ExitCode == 0, string.Join('\n', outcome.Lines));
        Assert.StartsWith("all ", outcome.Lines[^1], StringComparison.Ordinal);
    }

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
            int count = int.Parse(await AskAsync(new Uri(url, "/getCaseCount")), System.Globalization.CultureInfo.InvariantCulture);
            for (int i = 1; i <= count; i++)
            {
                await AskAsync(new Uri(url, $"/runCase?case={i}&agent=Sockeye"));
            }

            await AskAsync(new Uri(url, "/updateReports?agent=Sockeye"));
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

    [Theory]
    [InlineData("check")]
    [InlineData("check ws://127.0.0.1:1/ --listen ws://127.0.0.1:0")]
    [InlineData("check http://127.0.0.1:1/")]
    [InlineData("check --listen ws://example.com:0")]
    [InlineData("check ws://127.0.0.1:1/ --cases nothing")]
    public async Task What_makes_no_sense_is_refused(string line) =>
        Assert.Equal(2, (await SockeyeProcess.RunAsync("", line.Split(' '))).ExitCode);

    /// <summary>Echoes what comes; returns the last text.</summary>
    private static async Task<string> AskAsync(Uri url)
    {
        await using var connection = await WebSocketClient.ConnectAsync(url);
        string last = "";
        await foreach (var message in connection)
        {
            last = message.Type == MessageType.Text ? message.ToString() : last;
            try
            {
                await connection.SendAsync(message);
            }
            catch (WebSocketClosedException)
            {
                // A case ends as it likes, also while its echo is under way.
            }
        }

        return last;
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
