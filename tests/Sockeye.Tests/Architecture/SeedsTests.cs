using System.Text.RegularExpressions;

namespace Sockeye.Tests.Architecture;

/// <summary>The tests that `docs/seeds.md` names are there.</summary>
public sealed partial class SeedsTests
{
    [Fact]
    public void Every_test_in_the_table_exists()
    {
        var named = TestName().Matches(Repository.Read("docs/seeds.md"))
            .Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();
        var code = Repository.Files("tests", ".cs").ToLookup(Path.GetFileNameWithoutExtension, Repository.Read);
        Assert.True(named.Count > 40, $"Only {named.Count} tests are named.");
        Complaints.AssertNone(named
            .Where(test => !code[test.Class].Any(text => text.Contains($" {test.Method}(", StringComparison.Ordinal)))
            .Select(test => $"docs/seeds.md: there is no test {test.Class}.{test.Method}"));
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();
}
