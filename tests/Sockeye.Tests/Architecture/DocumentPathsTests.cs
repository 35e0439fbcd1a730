namespace Sockeye.Tests.Architecture;

public class DocumentPathsTests
{
    public static TheoryData<string> Documents => [.. Repository.TrackedFiles().Where(path => path.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void The_architecture_names_at_least_ten_paths() =>
        Assert.True(DocumentPaths.In(Repository.Read("docs/architecture.md")).Count >= 10);

    [Theory]
    [MemberData(nameof(Documents))]
    public void Paths_in_a_document_exist(string document) =>
        Complaints.AssertNone(DocumentPaths.Missing(Repository.Read(document), Repository.Exists));

    [Fact]
    public void A_path_that_does_not_exist_is_seen() =>
        Assert.Equal(["src/B.cs"], DocumentPaths.Missing("`src/A.cs`, `src/B.cs`, src/C.cs, `src/*.cs`, `x`", path => path == "src/A.cs"));
}
