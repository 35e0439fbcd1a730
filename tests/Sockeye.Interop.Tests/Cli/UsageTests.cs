namespace Sockeye.Interop.Tests.Cli;

public class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("fly")]
    [InlineData("serve --bogus")]
    [InlineData("serve --app mail")]
    [InlineData("serve --transport pigeons")]
    [InlineData("serve --loops 0")]
    [InlineData("serve --max-message-bytes -1")]
    [InlineData("serve --path chat")]
    [InlineData("serve --path /a --path /b")]
    [InlineData("serve --listen http://127.0.0.1:0")]
    [InlineData("serve --listen ws://127.0.0.1:0/path")]
    [InlineData("serve --listen wss://127.0.0.1:0")]
    [InlineData("serve --listen wss://127.0.0.1:0 --cert file")]
    [InlineData("serve --listen ws://127.0.0.1:0 --self-signed")]
    [InlineData("serve --origin https://a.example --allow-any-origin")]
    [InlineData("serve --dialects latin")]
    [InlineData("serve --dialects rfc6455,,hixie-76")]
    [InlineData("serve --listen ws://127.0.0.1:0 --dialects hixie-76,august-2010")]
    [InlineData("connect")]
    [InlineData("connect 127.0.0.1:8080")]
    [InlineData("connect http://127.0.0.1/")]
    [InlineData("connect unix:relative")]
    [InlineData("connect ws://127.0.0.1:1/#part")]
    [InlineData("connect ws://127.0.0.1:1/ --wait soon")]
    [InlineData("connect ws://127.0.0.1:1/ --count 0")]
    [InlineData("connect ws://127.0.0.1:1/ --connect-timeout 0")]
    [InlineData("connect ws://127.0.0.1:1/ --header novalue")]
    [InlineData("connect ws://127.0.0.1:1/ --header Upgrade:h2c")]
    [InlineData("connect ws://127.0.0.1:1/ --subprotocol a/b")]
    [InlineData("connect ws://127.0.0.1:1/ --dialect all")]
    [InlineData("connect ws://127.0.0.1:1/ --dialect hixie-76 --ping")]
    [InlineData("connect ws://127.0.0.1:1/ --dialect august-2010 --binary")]
    [InlineData("connect ws://127.0.0.1:1/ more")]
    [InlineData("check")]
    [InlineData("check ws://127.0.0.1:1/ --listen ws://127.0.0.1:0")]
    [InlineData("check http://127.0.0.1:1/")]
    [InlineData("check --listen ws://localhost:0")]
    [InlineData("check --listen wss://127.0.0.1:0")]
    [InlineData("check --listen wss://127.0.0.1:0 --key file")]
    [InlineData("check --listen ws://127.0.0.1:0 --self-signed")]
    [InlineData("check ws://127.0.0.1:1/ --cases 99.*")]
    public async Task A_mistake_in_the_command_line_is_one_line_and_exit_code_2(string line)
    {
        var outcome = await SockeyeProcess.RunAsync("", line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Empty(outcome.Lines);
        Assert.StartsWith("sockeye", outcome.OnlyLineOfErrors, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "connect")]
    [InlineData("serve --help", "listening on")]
    [InlineData("connect --help", "Exit codes: 0")]
    public async Task Help_goes_to_stdout_with_examples(string line, string expected)
    {
        var outcome = await SockeyeProcess.RunAsync("", line.Split(' '));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("", outcome.Errors);
        Assert.Contains("Examples:", outcome.Lines);
        Assert.Contains(outcome.Lines, text => text.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_version_is_a_version()
    {
        var outcome = await SockeyeProcess.RunAsync("", "--version");

        Assert.Equal(0, outcome.ExitCode);
        Assert.True(Version.TryParse(Assert.Single(outcome.Lines), out _));
    }
}
