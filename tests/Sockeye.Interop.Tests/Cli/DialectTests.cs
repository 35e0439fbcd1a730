namespace Sockeye.Interop.Tests.Cli;

public class DialectTests
{
    [Theory]
    [InlineData("all", "rfc6455")]
    [InlineData("all", "hybi-08")]
    [InlineData("all", "hybi-07")]
    [InlineData("all", "hixie-76")]
    [InlineData("all", "hixie-75")]
    [InlineData("all,august-2010", "august-2010")]
    [InlineData("all,august-2010", "hixie-75")]
    [InlineData("hixie-76,rfc6455", "hixie-76")]
    public async Task A_server_speaks_what_it_was_told_and_a_client_too(string served, string spoken)
    {
        await using var server = await SockeyeProcess.ServeAsync("--dialects", served);
        var outcome = await SockeyeProcess.RunAsync("hello\n\ncaf\u00E9\n", "connect", server.Url, "--dialect", spoken, "--count", "3");

        Assert.Equal(["hello", "", "caf\u00E9"], outcome.Lines);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Theory]
    [InlineData("hixie-76")]
    [InlineData("hixie-75")]
    [InlineData("hybi-08")]
    public async Task Old_dialects_are_off_unless_asked_for(string spoken)
    {
        await using var server = await SockeyeProcess.ServeAsync();
        var outcome = await SockeyeProcess.RunAsync("hello\n", "connect", server.Url, "--dialect", spoken);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("426", outcome.Errors, StringComparison.Ordinal);
    }
}
