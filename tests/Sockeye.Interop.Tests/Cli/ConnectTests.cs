using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sockeye.Interop.Tests.Cli;

public class ConnectTests
{
    [Fact]
    public async Task Each_line_of_the_input_is_a_message_and_stdout_has_only_what_came()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var outcome = await SockeyeProcess.RunAsync("one\ntwo\r\n\nund fünf", "connect", server.Url, "--count", "4");

        Assert.Equal(["one", "two", "", "und fünf"], outcome.Lines);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("closed with 1000 (normal) by this end", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_printed_when_it_comes()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var client = SockeyeProcess.Start("connect", server.Url);
        for (int i = 0; i < 3; i++)
        {
            await client.TypeAsync($"{i}\n");
            Assert.Equal($"{i}", await client.ReadLineAsync());
        }

        await client.SignalAsync("INT");
        Assert.Equal(0, (await client.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task JSON_keeps_line_breaks_and_bytes_apart()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var text = await SockeyeProcess.RunAsync("", "connect", server.Url, "--json", "--count", "1", "--send", "a\n\"ü\u0001");
        var message = JsonDocument.Parse(Assert.Single(text.Lines)).RootElement;
        Assert.Equal("text", message.GetProperty("type").GetString());
        Assert.Equal("a\n\"ü\u0001", message.GetProperty("text").GetString());

        var binary = await SockeyeProcess.RunAsync("", "connect", server.Url, "--json", "--binary", "--count", "1", "--send", "ü");
        Assert.Equal("""{"type":"binary","base64":"w7w="}""", Assert.Single(binary.Lines));
    }

    [Fact]
    public async Task Binary_is_printed_in_base64()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var outcome = await SockeyeProcess.RunAsync("hi\n", "connect", server.Url, "--binary", "--count", "1");

        Assert.Equal(["aGk="], outcome.Lines);
    }

    [Fact]
    public async Task Texts_given_by_option_are_sent_as_they_are_and_stdin_is_not_read()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var outcome = await SockeyeProcess.RunAsync(
            "not this\n", "connect", server.Url, "--send", "-x", "--send", "", "--send", "@file", "--send=--echo", "--count", "4");

        Assert.Equal(["-x", "", "@file", "--echo"], outcome.Lines);
    }

    [Fact]
    public async Task It_waits_for_a_count_of_messages_or_some_time()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        long started = Stopwatch.GetTimestamp();
        var counted = await SockeyeProcess.RunAsync("", "connect", server.Url, "--send", "a", "--count", "1", "--wait", "60");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
        Assert.Equal(["a"], counted.Lines);

        started = Stopwatch.GetTimestamp();
        var waited = await SockeyeProcess.RunAsync("", "connect", server.Url, "--send", "a", "--count", "2", "--wait", "0.5");
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(0.5));
        Assert.Equal(["a"], waited.Lines);
        Assert.Equal(0, waited.ExitCode);
        Assert.Contains("received 1 of 2 messages", waited.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ping_is_told_on_stderr()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var outcome = await SockeyeProcess.RunAsync("", "connect", server.Url, "--ping", "--json", "--count", "1", "--send", "a", "--wait", "10");

        Assert.Matches(@"pong after [\d.]+ ms", outcome.Errors);
        Assert.Equal(["""{"type":"text","text":"a"}"""], outcome.Lines);
    }

    [Fact]
    public async Task Echo_sends_back_until_the_other_end_closes()
    {
        await using var server = new WebSocketServer(new WebSocketServerOptions { Listen = { "ws://127.0.0.1:0" } });
        var url = (await server.StartAsync())[0];
        await using var client = SockeyeProcess.Start("connect", url.OriginalString, "--echo");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var request in server.AcceptRequestsAsync(patience.Token))
        {
            await using var connection = await request.AcceptAsync();
            await connection.SendAsync("ball", patience.Token);
            Assert.Equal("ball", (await connection.ReceiveAsync(patience.Token)).ToString());
            await connection.SendAsync(new byte[100_000], patience.Token);
            var back = await connection.ReceiveAsync(patience.Token);
            Assert.Equal((MessageType.Binary, 100_000), (back.Type, back.Length));
            await connection.CloseAsync((CloseCode)4000, "enough");
            break;
        }

        var outcome = await client.EndAsync();
        Assert.Equal(3, outcome.ExitCode);
        Assert.Equal("ball", outcome.Lines[0]);
        Assert.Contains("closed with 4000", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("enough", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_exit_code_1()
    {
        var outcome = await SockeyeProcess.RunAsync("", "connect", "ws://127.0.0.1:1/");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("refused", outcome.OnlyLineOfErrors, StringComparison.Ordinal);
        Assert.Equal(1, (await SockeyeProcess.RunAsync("", "connect", "unix:/no/such/socket")).ExitCode);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var outcome = await SockeyeProcess.RunAsync(
            "", "connect", $"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/", "--connect-timeout", "0.3");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("0.3 s", outcome.OnlyLineOfErrors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_shows_the_status_line_and_the_body()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var outcome = await SockeyeProcess.RunAsync("", "connect", server.Url, "--origin", "https://evil.example", "--send", "x");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Empty(outcome.Lines);
        Assert.Contains("HTTP/1.1 403 Forbidden", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("rigin", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_breaks_is_exit_code_3()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        await using var client = SockeyeProcess.Start("connect", server.Url);
        await client.TypeAsync("hello\n");
        Assert.Equal("hello", await client.ReadLineAsync());
        await server.SignalAsync("KILL");

        var outcome = await client.EndAsync();
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("connection lost", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_self_signed_server_needs_insecure()
    {
        await using var server = await SockeyeProcess.ServeAtAsync("wss://127.0.0.1:0", "--self-signed");
        var strict = await SockeyeProcess.RunAsync("", "connect", server.Url, "--send", "x");
        Assert.Equal(1, strict.ExitCode);
        Assert.Contains("--insecure", strict.OnlyLineOfErrors, StringComparison.Ordinal);

        var lax = await SockeyeProcess.RunAsync("", "connect", server.Url, "--send", "x", "--insecure", "--count", "1");
        Assert.Equal(["x"], lax.Lines);
        Assert.Equal(0, lax.ExitCode);
        await server.SignalAsync();
        Assert.Matches("certificate SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}", (await server.EndAsync()).Errors);
    }

    [Theory]
    [InlineData("head -n 1")]
    [InlineData("true")]
    public async Task A_reader_that_goes_away_is_no_crash(string reader)
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var start = new ProcessStartInfo("bash", ["-c", $"(yes | head -n 1000; exec cat) | dotnet \"$0\" connect \"$1\" | {reader}; exit ${{PIPESTATUS[1]}}", SockeyeProcess.Program, server.Url])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var shell = Process.Start(start)!;
        var errors = shell.StandardError.ReadToEndAsync();
        shell.StandardInput.Close(); // ends the cat when the pipe is done
        await shell.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);

        Assert.Equal(0, shell.ExitCode);
        Assert.DoesNotContain("   at ", await errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_not_sent_as_text()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        using var shell = Process.Start(new ProcessStartInfo(
            "bash", ["-c", "printf 'a\\n\\xff\\n' | dotnet \"$0\" connect \"$1\"", SockeyeProcess.Program, server.Url])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        string errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();

        Assert.Equal(1, shell.ExitCode);
        Assert.Contains("Line 2 of the input is not valid UTF-8", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_terminal_there_is_a_prompt_and_the_conversation_above_it()
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var start = new ProcessStartInfo("script", ["-qec", $"dotnet '{SockeyeProcess.Program}' connect {server.Url}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        using var terminal = Process.Start(start)!;
        try
        {
            var seen = new System.Text.StringBuilder();
            await UntilAsync(terminal, seen, "> ");
            await terminal.StandardInput.WriteAsync("hello\n/ping\n/nonsense\n/binary 48 69\n");
            await terminal.StandardInput.FlushAsync();
            await UntilAsync(terminal, seen, "< hello", "pong after", "there is no /nonsense", "< 48 69");
            await terminal.StandardInput.WriteAsync("/close 1000 bye\n");
            await terminal.StandardInput.FlushAsync();
            await UntilAsync(terminal, seen, "closed with 1000 (normal) by this end: bye");
            await terminal.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
            Assert.Equal(0, terminal.ExitCode);
        }
        finally
        {
            terminal.Kill(entireProcessTree: true);
        }
    }

    private static async Task UntilAsync(Process terminal, System.Text.StringBuilder seen, params string[] expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        char[] some = new char[1000];
        while (!expected.All(text => seen.ToString().Contains(text, StringComparison.Ordinal)))
        {
            int read = await terminal.StandardOutput.ReadAsync(some, patience.Token);
            Assert.True(read > 0, seen.ToString());
            seen.Append(some, 0, read);
        }
    }
}
