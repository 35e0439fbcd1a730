namespace Sockeye.Tests.Architecture;

public class SourceRulesTests
{
    private const string Reminder = "TO" + "DO";

    [Fact]
    public void All_source_keeps_the_rules() =>
        Complaints.AssertNone(new[] { "src", "tests", "bench", "examples" }.SelectMany(folder => Check(folder, SourceRules.Everywhere)));

    [Fact]
    public void Product_source_keeps_the_rules() => Complaints.AssertNone(Check("src", SourceRules.InProduct));

    [Fact]
    public void Tests_keep_the_rules() => Complaints.AssertNone(Check("tests", SourceRules.InTests));

    [Theory]
    [InlineData("    #region Fields\n")]
    [InlineData("int a; // " + Reminder + ": later")]
    [InlineData("// " + Reminder + "(soon)")]
    public void A_bad_line_is_seen(string source) => Assert.Single(SourceRules.Everywhere("A.cs", source));

    [Theory]
    [InlineData("int regional; // a #region no more")]
    [InlineData("// " + Reminder + "(#12): later")]
    public void A_good_line_is_fine(string source) => Assert.Empty(SourceRules.Everywhere("A.cs", source));

    [Fact]
    public void A_long_file_is_seen()
    {
        string line = "// a line\n";

        Assert.Empty(SourceRules.InProduct("A.cs", string.Concat(Enumerable.Repeat(line, SourceRules.MaxFileLines))));
        Assert.Single(SourceRules.InProduct("A.cs", string.Concat(Enumerable.Repeat(line, SourceRules.MaxFileLines + 1))));
    }

    [Theory]
    [InlineData("void Long()\n{\n", "}\n")]
    [InlineData("int Long => 1 switch\n{\n", "};\n")]
    public void A_long_member_is_seen(string start, string end)
    {
        string Type(int lines) => "class A\n{\n" + start + string.Concat(Enumerable.Repeat("a();\n", lines - 3)) + end + "}\n";

        Assert.Empty(SourceRules.InProduct("A.cs", Type(SourceRules.MaxMemberLines)));
        Assert.Single(SourceRules.InProduct("A.cs", Type(SourceRules.MaxMemberLines + 1)));
    }

    [Theory]
    [InlineData("A.cs", "public class A { } public enum B { C }", 1)]
    [InlineData("A.cs", "public class B { }", 1)]
    [InlineData("A.cs", "public record B(int C);", 1)]
    [InlineData("A.cs", "public class A { public class B { } } internal class C { }", 0)]
    [InlineData("A.cs", "public class A { } public class A<T> { }", 0)]
    [InlineData("A.Parts.cs", "public partial class A { }", 0)]
    [InlineData("Things.cs", "internal class B { }", 0)]
    public void A_file_holds_the_public_type_it_is_named_after(string path, string source, int complaints) =>
        Assert.Equal(complaints, SourceRules.InProduct("src/" + path, source).Count());

    [Fact]
    public void A_sleeping_test_is_seen()
    {
        Assert.Single(SourceRules.InTests("A.cs", "class A { void B() { Thread.Sleep(10); } }"));
        Assert.Empty(SourceRules.InTests("A.cs", "// Thread.Sleep\nclass A { string B = \"Thread.Sleep\"; }"));
    }

    private static IEnumerable<string> Check(string folder, Func<string, string, IEnumerable<string>> rules) =>
        Repository.Files(folder, ".cs").SelectMany(path => rules(path, Repository.Read(path)));
}
