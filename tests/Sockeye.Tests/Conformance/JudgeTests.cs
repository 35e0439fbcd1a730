using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;

namespace Sockeye.Tests.Conformance;

public class JudgeTests
{
    // Without section H, which is about HTTP, and what takes seconds of waiting.
    private const string Small = "1.*,2.*,3.*,4.*,5.1?,5.?,6.1*,6.2*,6.3*,7.*,F.1.*,F.3.*,L.1.*,C.*,V.1.*";

    private static readonly JudgeSettings s_patient = new() { IsFast = true, Patience = TimeSpan.FromSeconds(30) };
    private static readonly JudgeSettings s_hasty = new() { IsFast = true, Patience = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task A_server_that_keeps_to_all_rules_passes()
    {
        await using var server = new FlawedServer(Flaw.None);
        var results = await Judge.ServerAsync(server.Url, CaseList.Choose(CaseSides.Server, Small, fast: true), s_patient, stop: TestContext.Current.CancellationToken);

        Assert.Empty(results.Where(result => result.IsBad || result.Verdict is Verdict.NonStrict or Verdict.Unimplemented).Select(result => $"{result.Case.Id} {result.Detail}"));
    }

    [Theory]
    [InlineData(Flaw.WrongAccept, "H.1.1")]
    [InlineData(Flaw.AnyVersion, "H.2.4")]
    [InlineData(Flaw.AnyMethod, "H.2.43")]
    [InlineData(Flaw.KeyNotChecked, "H.2.3")]
    [InlineData(Flaw.IgnoresReservedBits, "3.1")]
    [InlineData(Flaw.IgnoresReservedBits, "F.1.194")]
    [InlineData(Flaw.IgnoresReservedOpcodes, "4.1.1")]
    [InlineData(Flaw.IgnoresReservedOpcodes, "4.2.2")]
    [InlineData(Flaw.UnmaskedTaken, "F.3.1")]
    [InlineData(Flaw.MasksItsFrames, "1.1.2")]
    [InlineData(Flaw.LongControlTaken, "2.5")]
    [InlineData(Flaw.FragmentedControlTaken, "5.1")]
    [InlineData(Flaw.LongFormLengthTaken, "L.1.3")]
    [InlineData(Flaw.StrayContinuationTaken, "5.9")]
    [InlineData(Flaw.InterleavedMessageTaken, "5.18")]
    [InlineData(Flaw.NoPong, "2.2")]
    [InlineData(Flaw.WrongPongPayload, "2.2")]
    [InlineData(Flaw.PongAfterPong, "2.8")]
    [InlineData(Flaw.InvalidUtf8Echoed, "6.3.1")]
    [InlineData(Flaw.InvalidUtf8Echoed, "6.21.4")]
    [InlineData(Flaw.TextAsBinary, "1.1.2")]
    [InlineData(Flaw.DropsLastOctet, "1.2.3")]
    [InlineData(Flaw.WrongFailCode, "3.1")]
    [InlineData(Flaw.IllegalCodeAnswered, "7.9.4")]
    [InlineData(Flaw.IllegalCodeAnswered, "C.3.2")]
    [InlineData(Flaw.OneOctetCloseTaken, "7.3.2")]
    [InlineData(Flaw.BadReasonTaken, "7.5.1")]
    [InlineData(Flaw.NoCloseAnswer, "7.1.1")]
    [InlineData(Flaw.StaysOpenAfterClose, "7.1.1")]
    [InlineData(Flaw.TalksAfterClose, "7.1.3")]
    [InlineData(Flaw.EchoesWrongCode, "7.7.1")]
    [InlineData(Flaw.LongFormAnswers, "1.1.2")]
    [InlineData(Flaw.TakesAnyLength, "L.3.1")]
    [InlineData(Flaw.ReordersMessages, "P.4")]
    public async Task A_broken_rule_is_seen_by_its_case(Flaw flaw, string id)
    {
        await using var server = new FlawedServer(flaw);

        Assert.True((await PlayAsync(server, id, s_hasty)).IsBad);
    }

    [Fact]
    public async Task A_text_checked_only_at_its_end_is_non_strict()
    {
        await using var server = new FlawedServer(Flaw.Utf8OnlyAtEnd);
        var result = await PlayAsync(server, "U.2.1", s_patient);

        Assert.Equal(Verdict.NonStrict, result.Verdict);
    }

    [Fact]
    public async Task A_server_that_is_not_there_fails()
    {
        Uri url;
        await using (var server = new FlawedServer(Flaw.None))
        {
            url = server.Url;
        }

        var results = await Judge.ServerAsync(url, CaseList.Choose(CaseSides.Server, "1.1.1"), s_hasty, stop: TestContext.Current.CancellationToken);

        Assert.Equal(Verdict.Fail, Assert.Single(results).Verdict);
    }

    private static async Task<CaseResult> PlayAsync(FlawedServer server, string id, JudgeSettings settings) =>
        Assert.Single(await Judge.ServerAsync(server.Url, CaseList.Choose(CaseSides.Server, id), settings, stop: TestContext.Current.CancellationToken));
}
