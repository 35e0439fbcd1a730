using System.Reflection;
using System.Text.Json;

namespace Sockeye.Interop.Tests.Cli;

public class BenchTests
{
    [Theory]
    [InlineData("--connections 8 --depth 4 --size 100")]
    [InlineData("--connections 3 --size 1 --text")]
    [InlineData("--connections 2 --size 300000 --depth 8 --text")]
    [InlineData("--connections 10 --rate 2000 --ramp 0.1")]
    public async Task Echo_counts_what_came_back(string options)
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var report = await MeasureAsync(server.Url, options);

        Assert.Equal("messages", report.GetProperty("unit").GetString());
        Assert.True(report.GetProperty("count").GetInt64() > 0);
        Assert.Equal(report.GetProperty("settings").GetProperty("connections").GetInt64(), report.GetProperty("opened").GetInt64());
        var latency = report.GetProperty("latencyMicroseconds");
        double[] percentiles = [.. new[] { "p50", "p90", "p99", "p99.9", "max" }.Select(name => latency.GetProperty(name).GetDouble())];
        Assert.True(percentiles[0] > 0);
        Assert.Equal(percentiles.Order(), percentiles);
    }

    [Fact]
    public async Task Handshakes_are_counted()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var report = await MeasureAsync(server.Url, "--mode handshake --connections 4", seconds: "4"); // the first one compiles both ends

        Assert.True(report.GetProperty("count").GetInt64() > 0);
    }

    [Fact]
    public async Task Idle_connections_live_and_answer_pings()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var report = await MeasureAsync(server.Url, "--mode idle --connections 50 --ramp 0.2");

        Assert.Equal(50, report.GetProperty("live").GetInt64());
        Assert.True(report.GetProperty("count").GetInt64() > 0);
    }

    [Fact]
    public async Task What_is_broadcast_must_reach_all()
    {
        await using var server = await SockeyeProcess.ServeAsync("--app", "chat");
        var report = await MeasureAsync(server.Url, "--mode broadcast --connections 20 --depth 3");

        Assert.Equal(21, report.GetProperty("opened").GetInt64());
        Assert.True(report.GetProperty("count").GetInt64() >= 20);
    }

    [Fact]
    public async Task A_table_is_for_people()
    {
        await using var server = await SockeyeProcess.ServeAtAsync("wss://127.0.0.1:0", "--self-signed");
        var outcome = await SockeyeProcess.RunAsync("", "bench", server.Url, "--insecure", "--connections", "2", "--seconds", "0.3");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("", outcome.Errors);
        Assert.Contains(outcome.Lines, line => line.Contains("latency p99.9", StringComparison.Ordinal));
        Assert.Matches("errors +none", outcome.Lines[^1]);
    }

    [Fact]
    public async Task A_wrong_echo_is_seen()
    {
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", async connection =>
        {
            for (int i = 0; await connection.ReceiveAsync() is { IsClose: false } message; i++)
            {
                byte[] bytes = message.ToArray();
                bytes[^1] ^= (byte)(i == 2 ? 1 : 0); // the third only
                await connection.SendAsync(bytes);
            }
        });
        string url = (await server.Started)[0].OriginalString;
        var outcome = await SockeyeProcess.RunAsync(
            "", "bench", url, "--connections", "1", "--size", "500", "--seconds", "0.3", "--json");

        Assert.Equal(1, outcome.ExitCode);
        var report = JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement;
        Assert.Equal(1, report.GetProperty("errors").GetProperty("wrong echo").GetInt64());
        Assert.Contains("message 2 of connection 0", report.GetProperty("firstWrong").GetString(), StringComparison.Ordinal);
        Assert.Contains("byte 499", report.GetProperty("firstWrong").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_rate_a_message_that_had_to_wait_counts_from_when_it_was_due()
    {
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", async connection =>
        {
            bool first = true;
            await foreach (var message in connection)
            {
                await Task.Delay(first ? 300 : 0); // holds one only: the rest would look fast
                first = false;
                await connection.SendAsync(message);
            }
        });
        var report = await MeasureAsync((await server.Started)[0].OriginalString, "--connections 1 --rate 1000");

        // Half of what was due within 0.4 s waited 0.1 s or more, however fast the rest was.
        Assert.InRange(report.GetProperty("latencyMicroseconds").GetProperty("p50").GetDouble(), 90_000, double.MaxValue);
    }

    [Fact]
    public async Task A_server_that_closes_is_an_error_and_ends_the_run()
    {
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", async connection =>
        {
            await connection.ReceiveAsync();
            await connection.CloseAsync((CloseCode)4001);
        });
        string url = (await server.Started)[0].OriginalString;
        var outcome = await SockeyeProcess.RunAsync("", "bench", url, "--connections", "2", "--seconds", "1000", "--json");

        Assert.Equal(1, outcome.ExitCode);
        var errors = JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement.GetProperty("errors");
        Assert.Equal(2, errors.GetProperty("closed unexpectedly with 4001").GetInt64());
        Assert.Equal(2, errors.GetProperty("unanswered").GetInt64());
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("handshake")]
    [InlineData("idle")]
    [InlineData("broadcast")]
    public async Task A_server_that_cannot_be_reached_is_exit_code_1(string mode)
    {
        var outcome = await SockeyeProcess.RunAsync("", "bench", "ws://127.0.0.1:1/", "--mode", mode, "--connections", "3", "--seconds", "1000");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(outcome.Lines, line => line.Contains(" × cannot connect: ConnectionRefused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signal_ends_it_early_with_the_figures_so_far()
    {
        var received = new TaskCompletionSource();
        await using var server = await WebSocketServer.StartAsync("ws://127.0.0.1:0", async connection =>
        {
            await foreach (var message in connection)
            {
                received.TrySetResult();
                await connection.SendAsync(message);
            }
        });
        string url = (await server.Started)[0].OriginalString;
        await using var bench = SockeyeProcess.Start("bench", url, "--connections", "2", "--seconds", "1000", "--json");
        await received.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await bench.SignalAsync("INT");
        var outcome = await bench.EndAsync();

        Assert.Equal(0, outcome.ExitCode);
        Assert.True(JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement.GetProperty("stoppedEarly").GetBoolean());
    }

    [Theory]
    [InlineData("bench")]
    [InlineData("bench http://127.0.0.1:1/")]
    [InlineData("bench ws://127.0.0.1:1/ --mode fast")]
    [InlineData("bench ws://127.0.0.1:1/ --connections 0")]
    [InlineData("bench ws://127.0.0.1:1/ --size 67108865")]
    [InlineData("bench ws://127.0.0.1:1/ --rate 0")]
    [InlineData("bench ws://127.0.0.1:1/ --seconds 0")]
    [InlineData("bench ws://127.0.0.1:1/#part --mode handshake")]
    [InlineData("bench ws://127.0.0.1:1/ --mode handshake --ramp 1")]
    public async Task A_mistake_in_the_command_line_is_one_line_and_exit_code_2(string line)
    {
        var outcome = await SockeyeProcess.RunAsync("", line.Split(' '));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Empty(outcome.Lines);
        Assert.StartsWith("sockeye bench:", outcome.OnlyLineOfErrors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_histogram_is_exact_below_256_and_within_a_128th_above()
    {
        foreach (long time in new[] { 0, 1, 127, 128, 255, 256, 257, 511, 512, 1000, 123_456, 1_000_000_007, (1L << 47) - 1 })
        {
            var (record, percentile) = Histogram();
            record(time);
            record((1L << 47) - 1); // so that the greatest does not say it
            long said = percentile(50);
            Assert.InRange(said, time, time < 256 ? time : time + (time / 128));
        }
    }

    [Fact]
    public void The_percentiles_of_a_histogram_are_those_of_what_it_counted()
    {
        var (record, percentile) = Histogram();
        Assert.Equal(0, percentile(50));
        for (int i = 1; i <= 1000; i++)
        {
            record(i * 1000);
        }

        Assert.InRange(percentile(50), 500_000, 504_000);
        Assert.InRange(percentile(99), 990_000, 998_000);
        Assert.Equal(1_000_000, percentile(100));
        record(-5);
        Assert.Equal(0, percentile(0));
        record(long.MaxValue);
        Assert.Equal((1L << 47) - 1, percentile(100));
    }

    // The program is no reference of the tests, so this is the way to a part of it.
    private static (Action<long> Record, Func<double, long> Percentile) Histogram()
    {
        var type = Assembly.LoadFrom(SockeyeProcess.Program).GetType("Sockeye.Cli.Benching.LatencyHistogram", throwOnError: true)!;
        object histogram = Activator.CreateInstance(type)!;
        return (type.GetMethod("Record")!.CreateDelegate<Action<long>>(histogram),
            type.GetMethod("Percentile")!.CreateDelegate<Func<double, long>>(histogram));
    }

    private static async Task<JsonElement> MeasureAsync(string url, string options, string seconds = "0.4")
    {
        var outcome = await SockeyeProcess.RunAsync("", ["bench", url, "--seconds", seconds, "--json", .. options.Split(' ')]);

        Assert.True(outcome.ExitCode == 0, string.Join('\n', [outcome.Errors, .. outcome.Lines]));
        var report = JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement;
        Assert.Equal(0, report.GetProperty("errorCount").GetInt64());
        return report;
    }
}
