using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sockeye.Tests.Architecture;

/// <summary>The figures of the performance page are those of the recorded runs: <c>bench/document</c> was run after the last of them.</summary>
public sealed partial class FiguresTests
{
    private const string Page = "docs/performance.md";

    [Fact]
    public void Each_recorded_run_stands_in_the_page_with_its_date()
    {
        var results = Repository.Files("bench/results", ".json");
        Assert.NotEmpty(results);
        Assert.Equal(results.Order(StringComparer.Ordinal), Named(Repository.Read(Page)).Keys.Order(StringComparer.Ordinal));
        Assert.All(Named(Repository.Read(Page)), named => Assert.Equal(DateOf(named.Key), named.Value));
    }

    [Fact]
    public void A_table_names_its_run() =>
        Assert.Equal(
            new Dictionary<string, string> { ["bench/results/a.json"] = "2026-01-02 03:04 UTC" },
            Named("2026-01-02 03:04 UTC, a machine; 1 round of 3 s; [all](../bench/results/a.md).\n![a](../bench/results/a-b.svg)\n"));

    private static string? DateOf(string result)
    {
        using var document = JsonDocument.Parse(Repository.Read(result));
        return document.RootElement.GetProperty("date").GetString();
    }

    /// <summary>The result files that the page's tables name, and the dates that it gives them.</summary>
    private static Dictionary<string, string> Named(string page) =>
        Source().Matches(page).ToDictionary(match => $"bench/results/{match.Groups[2].Value}.json", match => match.Groups[1].Value);

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\d \d\d:\d\d UTC), .*\]\(\.\./bench/results/([a-z]+)\.md\)", RegexOptions.Multiline)]
    private static partial Regex Source();
}
