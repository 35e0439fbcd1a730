using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;

namespace Sockeye.Tests.Conformance;

public class JudgeTests
{
    // Without section H, which is about HTTP, and what takes seconds of waiting.
    private const string Small = "1.*,2.*,3.*,4.*,5.1?,5.?,6.1*,6.2*,6.3*,7.*,F.*,L.1.*,C.*,V.1.*,M.1.1";

    private static readonly JudgeSettings s_patient = new() { IsFast = true, Patience = TimeSpan.FromSeconds(30) };
    private static readonly JudgeSettings s_hasty = new() { IsFast = true, Patience = TimeSpan.FromMilliseconds(800) };

    // For peers that are waited for in vain and have to do something in time after that.
    private static readonly JudgeSettings s_waiting = new() { IsFast = true, Patience = TimeSpan.FromSeconds(3) };

    [Fact]
    public async Task A_server_that_keeps_to_all_rules_passes()
    {
        await using var server = new FlawedServer(Flaw.None);
        var results = await Judge.ServerAsync(server.Url, CaseList.Choose(CaseSides.Server, Small, fast: true), s_patient, stop: TestContext.Current.CancellationToken);

        Assert.Empty(results.Where(result => result.IsBad || result.Verdict is Verdict.NonStrict or Verdict.Unimplemented).Select(result => $"{result.Case.Id} {result.Detail}"));
    }

    [Theory]
    [InlineData(Flaw.WrongAccept, "H.1.1", "101 with a wrong Sec-WebSocket-Accept")]
    [InlineData(Flaw.AnyVersion, "H.2.4", "opened")]
    [InlineData(Flaw.AnyMethod, "H.2.43", "opened")]
    [InlineData(Flaw.KeyNotChecked, "H.2.3", "opened")]
    [InlineData(Flaw.IgnoresReservedBits, "3.1", "text of 11")]
    [InlineData(Flaw.IgnoresReservedBits, "F.1.194", "text of 1 (41); silence")]
    [InlineData(Flaw.IgnoresReservedOpcodes, "4.1.1", "text of 0; silence")]
    [InlineData(Flaw.IgnoresReservedOpcodes, "4.2.2", "text of 8")]
    [InlineData(Flaw.UnmaskedTaken, "F.3.1", "text of 5")]
    [InlineData(Flaw.MasksItsFrames, "1.1.2", "a server's frame with a mask")]
    [InlineData(Flaw.LongControlTaken, "2.5", "a control frame that is fragmented or too long")]
    [InlineData(Flaw.FragmentedControlTaken, "5.1", "pong of 7")]
    [InlineData(Flaw.StrayContinuationTaken, "5.9", "text of 6")]
    [InlineData(Flaw.InterleavedMessageTaken, "5.18", "text of 14")]
    [InlineData(Flaw.NoPong, "2.2", "Fail Ok: got: close 1000")]
    [InlineData(Flaw.WrongPongPayload, "2.2", "pong of 12")]
    [InlineData(Flaw.PongAfterPong, "2.8", "pong of 7")]
    [InlineData(Flaw.InvalidUtf8Echoed, "6.3.1", "a text that is not UTF-8")]
    [InlineData(Flaw.InvalidUtf8Echoed, "6.21.4", "a text that is not UTF-8")]
    [InlineData(Flaw.TextAsBinary, "1.1.2", "binary of 125")]
    [InlineData(Flaw.DropsLastOctet, "1.2.3", "binary of 125")]
    [InlineData(Flaw.WrongFailCode, "3.1", "Pass WrongCode: got: close 1011")]
    [InlineData(Flaw.IllegalCodeAnswered, "7.9.4", "Fail WrongCode: got: close 1000")]
    [InlineData(Flaw.IllegalCodeAnswered, "C.3.2", "251: close 1000")]
    [InlineData(Flaw.OneOctetCloseTaken, "7.3.2", "Fail WrongCode: got: close 1000")]
    [InlineData(Flaw.BadReasonTaken, "7.5.1", "Fail WrongCode: got: close 1000")]
    [InlineData(Flaw.NoCloseAnswer, "7.1.1", "Pass Unclean")]
    [InlineData(Flaw.StaysOpenAfterClose, "7.1.1", "Pass LeftOpen")]
    [InlineData(Flaw.TalksAfterClose, "7.1.3", "pong of 4")]
    [InlineData(Flaw.EchoesWrongCode, "7.7.1", "Fail WrongCode: got: close 1001")]
    [InlineData(Flaw.LongFormAnswers, "1.1.2", "a length of 125 that is not in")]
    [InlineData(Flaw.TakesAnyLength, "L.3.1", "not refused")]
    [InlineData(Flaw.IgnoresReservedBits, "F.2.1", "silence")]
    [InlineData(Flaw.WrongFailCode, "F.2.1", "close 1011")]
    [InlineData(Flaw.WrongFailCode, "M.1.1", "2^40: close 1011")]
    [InlineData(Flaw.RefusesAndStays, "H.3.13", "Pass LeftOpen: 'HTTP/1.1 400 Bad Request'")]
    [InlineData(Flaw.ReordersMessages, "P.4", "binary of 1 (01); binary of 2")]
    public async Task A_broken_rule_is_seen_by_its_case(Flaw flaw, string id, string reason)
    {
        await using var wrong = new FlawedServer(flaw);
        await using var right = new FlawedServer(Flaw.None);
        var found = await PlayAsync(wrong, id, s_hasty);
        var good = await PlayAsync(right, id, s_patient);

        Assert.True(found.IsBad);
        Assert.Contains(reason, $"{found.Verdict} {found.Close}: {found.Detail}", StringComparison.Ordinal);
        Assert.False(good.IsBad, good.Detail);
        Assert.Equal(Verdict.Pass, good.Verdict);
    }

    [Theory]
    [InlineData(Flaw.Utf8OnlyAtEnd, "U.2.1")]
    [InlineData(Flaw.LongFormLengthTaken, "L.1.3")]
    [InlineData(Flaw.AnyVersion, "H.2.22")] // a draft's version may be spoken too
    [InlineData(Flaw.None, "H.3.44")] // a host within the grammar
    [InlineData(Flaw.None, "H.3.49")] // a request with a body, opened
    public async Task What_no_rule_forbids_is_non_strict(Flaw flaw, string id)
    {
        await using var server = new FlawedServer(flaw);
        var result = await PlayAsync(server, id, s_patient);

        Assert.Equal(Verdict.NonStrict, result.Verdict);
        Assert.False(result.IsBad, result.Detail);
    }

    [Theory]
    [InlineData(Flaw.HeadsJudgedLate, "F.2.1", "seen only after the payload")]
    [InlineData(Flaw.TakesAnyLength, "M.1.1", "waits for the rest")]
    [InlineData(Flaw.RefusesAndStays, "H.3.47", "and the connection left open")] // HTTP would read the body
    [InlineData(Flaw.RefusesAndStays, "H.3.49", "and the connection left open")]
    public async Task What_may_be_waited_for_is_non_strict(Flaw flaw, string id, string reason)
    {
        await using var server = new FlawedServer(flaw);
        var result = await PlayAsync(server, id, s_waiting);

        Assert.Equal(Verdict.NonStrict, result.Verdict);
        Assert.False(result.IsBad, result.Detail);
        Assert.Contains(reason, result.Detail, StringComparison.Ordinal);
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
