using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;

namespace Sockeye.Tests.Conformance;

public class CaseListTests
{
    [Fact]
    public void The_public_cases_are_all_there()
    {
        var numbered = CaseList.All.Where(one => char.IsAsciiDigit(one.Id[0])).ToList();
        string counts = string.Join(' ', numbered.GroupBy(one => one.Section).Select(section => $"{section.Key}:{section.Count()}"));

        Assert.Equal("1:16 2:11 3:7 4:10 5:20 6:145 7:37 9:54 10:1 12:90 13:126", counts);
        Assert.Equal(517, numbered.Count);
    }

    [Fact]
    public void Ids_are_unique_and_cases_say_what_they_ask()
    {
        Assert.Equal(CaseList.All.Count, CaseList.All.Select(one => one.Id).Distinct().Count());
        Assert.All(CaseList.All, one => Assert.True(one.Sends.Length > 0 && one.Allows.Length > 0 && one.Reference.StartsWith("RFC", StringComparison.Ordinal), one.Id));
        Assert.All(CaseList.All, one => Assert.NotEmpty(CaseList.TitleOf(one.Section)));
    }

    [Fact]
    public void There_are_handshakes_enough() =>
        Assert.True(CaseList.Choose(CaseSides.Server, "H.*").Count >= 150);

    [Theory]
    [InlineData("1.1.*", null, 8)]
    [InlineData("1.*,10.*", "1.2.*", 9)]
    [InlineData("7.3.?", null, 6)]
    [InlineData("nothing", null, 0)]
    public void Patterns_choose(string include, string? exclude, int count) =>
        Assert.Equal(count, CaseList.Choose(CaseSides.Server, include, exclude).Count);
}
