using System.Text.Json;

namespace Sockeye.Interop.Tests.Cli;

/// <summary>Sockeye under its own judge: nothing fails, nothing is later than it could be, and what the standard leaves open is known by name.</summary>
public class ConformanceTests
{
    private const string Compression = "12.*,13.*";
    private const int MaxMessageBytes = 16 << 20, MaxFragments = 400_000;

    // Closing behind data that is still to be echoed; close codes above those that RFC 6455 §7.4.2 speaks of; pongs may be those of the last pings alone (§5.5.3).
    private static readonly string[] s_open = ["7.1.6", "7.13.1", "7.13.2", "M.2.1"];
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Our_server_passes_all_cases()
    {
        await using var server = await ServeAsync("ws://127.0.0.1:0", "epoll", "--deflate");

        Assert.Equal(911, await CheckAsync(server.Url, "--exclude", Compression));
        Assert.Equal(216, await CheckAsync(server.Url, "--cases", Compression, "--fast"));
    }

    [Theory]
    [InlineData("ws", "sockets", "--deflate=takeover")]
    [InlineData("wss", "epoll", "--deflate=takeover --self-signed")]
    [InlineData("wss", "sockets", "--deflate --deflate-window 10 --self-signed")]
    public async Task Our_server_passes_on_each_transport_and_over_TLS(string scheme, string transport, string options)
    {
        await using var server = await ServeAsync($"{scheme}://127.0.0.1:0", transport, options);

        Assert.InRange(await CheckAsync(server.Url, "--fast", "--insecure"), 1000, int.MaxValue);
    }

    [Fact]
    public async Task Our_client_passes_all_cases()
    {
        Assert.InRange(await JudgeClientAsync(new CompressionOptions(), "ws://127.0.0.1:0", "--exclude", Compression), 600, int.MaxValue);
        Assert.Equal(216, await JudgeClientAsync(new CompressionOptions(), "ws://127.0.0.1:0", "--cases", Compression, "--fast"));
    }

    [Fact]
    public async Task Our_client_passes_over_TLS()
    {
        var takeover = new CompressionOptions { ServerContextTakeover = true, ClientContextTakeover = true };

        Assert.InRange(await JudgeClientAsync(takeover, "wss://127.0.0.1:0", "--self-signed", "--fast"), 600, int.MaxValue);
    }

    private static Task<SockeyeProcess> ServeAsync(string url, string transport, string options) => SockeyeProcess.ServeAtAsync(
        url, ["--transport", transport, "--max-message-bytes", $"{MaxMessageBytes}", "--max-fragments", $"{MaxFragments}", .. options.Split(' ')]);

    private static Task<int> CheckAsync(string url, params string[] options) => JudgeAsync(["check", url, .. options], _ => Task.CompletedTask);

    private static Task<int> JudgeClientAsync(CompressionOptions compression, string listen, params string[] options) => JudgeAsync(
        ["check", "--listen", listen, .. options], async judge =>
    {
        string line = await judge.ReadLineAsync();
        await EchoAgent.RunAsync(new Uri(line["listening on ".Length..]), "Sockeye", () => new WebSocketClientOptions
        {
            Compression = compression,
            MaxMessageBytes = MaxMessageBytes,
            MaxFragments = MaxFragments,
            DangerouslyAcceptAnyCertificate = true,
        });
    });

    /// <summary>Runs the judge and sees that it finds nothing wrong; returns how many cases there were.</summary>
    private static async Task<int> JudgeAsync(string[] arguments, Func<SockeyeProcess, Task> meanwhile)
    {
        string folder = Directory.CreateTempSubdirectory("sockeye-conformance").FullName;
        try
        {
            await using var judge = SockeyeProcess.Start([.. arguments, "--report", folder, "--brief"]);
            await meanwhile(judge);
            var outcome = await judge.EndAsync(s_limit);
            using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder, "*.json"))));
            var cases = json.RootElement.GetProperty("cases").EnumerateArray().ToList();

            Assert.Equal("", string.Join('\n', cases.Where(one => !IsGood(one))));
            Assert.Equal(0, outcome.ExitCode);
            return cases.Count;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsGood(JsonElement one) => one.GetProperty("verdict").GetString() switch
    {
        "pass" => one.GetProperty("close").GetString() is "ok" or "informational",
        "informational" => s_open.Contains(one.GetProperty("id").GetString()),
        _ => false,
    };
}
