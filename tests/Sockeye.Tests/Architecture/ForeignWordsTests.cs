namespace Sockeye.Tests.Architecture;

public class ForeignWordsTests
{
    [Fact]
    public void The_repository_names_no_machine_and_no_registry() =>
        Complaints.AssertNone(Repository.TrackedFiles()
            .Where(path => ForeignWords.IsText(path) && File.Exists(Repository.PathTo(path)))
            .SelectMany(path => ForeignWords.In(path, Repository.Read(path))));

    [Theory]
    [InlineData("cd /wo" + "rk/sockeye")]
    [InlineData("\"resolved\": \"https://registry.npm" + "js.org/ws/-/ws.tgz\"")]
    [InlineData("<add key=\"a\" value=\"https://api.NuGet" + ".org/v3/index.json\" />")]
    public void A_foreign_word_is_seen(string line) => Assert.Equal(["a:2: "], ForeignWords.In("a", "fine\n" + line).Select(found => found[..5]));

    [Theory]
    [InlineData("homework/page")]
    [InlineData("Path.GetTempPath()")]
    public void Other_words_are_fine(string line) => Assert.Empty(ForeignWords.In("a", line));
}
