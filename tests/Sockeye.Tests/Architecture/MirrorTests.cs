namespace Sockeye.Tests.Architecture;

public class MirrorTests
{
    [Fact]
    public void Every_protocol_file_of_some_size_has_its_tests() =>
        Complaints.AssertNone(Mirror.Missing(
            Repository.Files(Mirror.Source, ".cs").Select(path => (path, Repository.Read(path))), Repository.Exists));

    [Fact]
    public void Exemptions_are_of_files_that_exist_and_have_reasons() =>
        Assert.All(Mirror.Exempt, exempt => Assert.True(Repository.Exists(exempt.Key) && exempt.Value.Length > 0, exempt.Key));

    [Theory]
    [InlineData(Mirror.SmallFile, 0)]
    [InlineData(Mirror.SmallFile + 1, 1)]
    public void A_file_without_tests_is_seen(int lines, int missing)
    {
        string source = "// not code\n\n" + string.Concat(Enumerable.Repeat("a();\n", lines));

        Assert.Equal(missing, Mirror.Missing([("src/Sockeye.Protocol/Frames/Mask.cs", source)], _ => false).Count());
        Assert.Empty(Mirror.Missing(
            [("src/Sockeye.Protocol/Frames/Mask.cs", source)], path => path == "tests/Sockeye.Tests/Protocol/Frames/MaskTests.cs"));
    }
}
