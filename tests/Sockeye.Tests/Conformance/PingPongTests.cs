using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;

namespace Sockeye.Tests.Conformance;

public class PingPongTests
{
    [Theory]
    [InlineData(99, 6, false)] // too few to tell
    [InlineData(100, 5, false)] // not long enough
    [InlineData(100, 6, true)]
    [InlineData(125, 60, true)] // 480 s for all of them
    [InlineData(124, 60, false)] // too slow: goes on to the limit
    public void A_peer_that_keeps_the_pace_is_spared_the_rest(int done, int seconds, bool enough) =>
        Assert.Equal(enough, PingPong.IsEnough(done, 1000, 480, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(5)));

    [Fact]
    public async Task A_report_says_how_many_messages_there_were()
    {
        await using var server = new FlawedServer(Flaw.None);
        var settings = new JudgeSettings { Patience = TimeSpan.FromSeconds(30), Enough = TimeSpan.Zero };
        var result = Assert.Single(await Judge.ServerAsync(server.Url, CaseList.Choose(CaseSides.Server, "9.7.1"), settings, stop: TestContext.Current.CancellationToken));

        Assert.Equal(Verdict.Pass, result.Verdict);
        Assert.Equal("the first 100 of 1000 messages", result.Detail);
    }
}
