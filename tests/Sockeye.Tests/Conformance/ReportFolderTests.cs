using Sockeye.Conformance.Cases;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Reports;

namespace Sockeye.Tests.Conformance;

public class ReportFolderTests
{
    [Fact]
    public async Task Reports_are_pages_and_a_comparison()
    {
        await using var server = new FlawedServer(Flaw.DropsLastOctet);
        var settings = new JudgeSettings { Patience = TimeSpan.FromSeconds(10) };
        var results = await Judge.ServerAsync(server.Url, CaseList.Choose(CaseSides.Server, "1.1.1,1.1.2"), settings, stop: TestContext.Current.CancellationToken);
        string folder = Directory.CreateTempSubdirectory("sockeye-report").FullName;
        try
        {
            string page = await File.ReadAllTextAsync(ReportFolder.Add(folder, new Report("server", "<one>", new DateOnly(2011, 12, 1), results)), TestContext.Current.CancellationToken);
            ReportFolder.Add(folder, new Report("server", "two", new DateOnly(2011, 12, 2), results), brief: true);
            string two = await File.ReadAllTextAsync(Path.Combine(folder, "server-two.html"), TestContext.Current.CancellationToken);
            string index = await File.ReadAllTextAsync(Path.Combine(folder, "index.html"), TestContext.Current.CancellationToken);

            Assert.Contains("<tr id=\"1.1.2\"><td>1.1.2<td class=\"fail\">fail", page, StringComparison.Ordinal);
            Assert.Contains("&lt;one&gt;", page, StringComparison.Ordinal);
            Assert.Contains("GET / HTTP/1.1", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
            Assert.Contains("server<br>two</a><br>2011-12-02", index, StringComparison.Ordinal);
            Assert.Contains("<td><span class=\"pass\">1</span> <span class=\"fail\">1&nbsp;fail</span>", index, StringComparison.Ordinal);
            Assert.Contains("<td class=\"fail\"><a href=\"server-two.html#1.1.2\">fail</a>", index, StringComparison.Ordinal);
            Assert.Contains("<p>1 Framing: 1.1.1</p>", index, StringComparison.Ordinal);
            Assert.DoesNotContain("Allowed: text of 0", two, StringComparison.Ordinal);
            Assert.Contains("Allowed: text of 125", two, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
