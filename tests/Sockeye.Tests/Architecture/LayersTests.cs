namespace Sockeye.Tests.Architecture;

public class LayersTests
{
    private static readonly Layers Protocol = new(
        "src/Sockeye.Protocol",
        "Sockeye.Protocol",
        ["Text"], ["Http"], ["Frames"], ["Framing"], ["Extensions"], ["Handshake"], ["Dialects"], ["Closing"], ["Messages"], ["Sessions"]);

    private static readonly Layers Library = new(
        "src/Sockeye", "Sockeye", ["Diagnostics"], ["Transports"], ["Connections"], ["Server", "Client"], ["Styles"]);

    private static readonly Layers Judge = new(
        "src/Sockeye.Conformance", "Sockeye.Conformance", ["Wire"], ["Judging"], ["Cases"], ["Reports"]);

    [Fact]
    public void The_protocol_imports_downward_only() => Complaints.AssertNone(InRepository(Protocol));

    [Fact]
    public void The_library_imports_downward_only() => Complaints.AssertNone(InRepository(Library));

    [Fact]
    public void The_judge_imports_downward_only() => Complaints.AssertNone(InRepository(Judge));

    [Fact]
    public void The_judge_refers_to_nothing_that_it_judges() =>
        Assert.DoesNotContain("Reference", Repository.Read("src/Sockeye.Conformance/Sockeye.Conformance.csproj"), StringComparison.Ordinal);

    [Theory]
    [InlineData("using Sockeye.Transports;")]
    [InlineData("using static Sockeye.Transports.Epoll.Native;")]
    [InlineData("namespace Sockeye.Diagnostics; class A { object B = new global::Sockeye.Transports.Pair(); }")]
    [InlineData("namespace Sockeye.Diagnostics; class A { Transports.Pair? B; }")]
    [InlineData("namespace Sockeye.Diagnostics; class A { Face? B; }")]
    [InlineData("namespace Sockeye.Diagnostics; class A { string B => $\"{Face.Name}\"; }")]
    public void An_upward_use_is_seen(string source) =>
        Assert.Single(Library.Violations(
        [
            ("Diagnostics/A.cs", source),
            ("Transports/Pair.cs", "namespace Sockeye.Transports; class Pair { }"),
            ("Transports/Face.cs", "namespace Sockeye; public class Face { }"),
        ]));

    [Theory]
    [InlineData("using Sockeye.Diagnostics; using Sockeye.Protocol.Frames; namespace Sockeye.Transports; class A { }")]
    [InlineData("// using Sockeye.Client\nnamespace Sockeye.Transports; class A { string B = \"Sockeye.Client\"; }")]
    [InlineData("namespace Sockeye.Transports; class A { int Door => Role.Door; }")]
    [InlineData("namespace Sockeye.Transports; class A { Door Door; }")]
    public void A_downward_use_is_fine(string source) =>
        Assert.Empty(Library.Violations(
            [("Transports/A.cs", source), ("Client/Door.cs", "namespace Sockeye.Client; class Door { }")]));

    [Fact]
    public void Siblings_do_not_know_each_other() =>
        Assert.Single(Library.Violations([("Server/A.cs", "using Sockeye.Client;"), ("Client/B.cs", "class B { }")]));

    [Fact]
    public void A_new_folder_needs_a_place_in_the_order() =>
        Assert.Single(Library.Violations([("Helpers/A.cs", "class A { }")]));

    [Fact]
    public void A_global_using_would_hide_the_order() =>
        Assert.Single(Library.Violations([("Usings.cs", "global using Sockeye.Server;")]));

    private static IReadOnlyList<string> InRepository(Layers layers) =>
        layers.Violations(
        [
            .. Repository.Files(layers.Project, ".cs")
                .Select(path => (path[(layers.Project.Length + 1)..], Repository.Read(path))),
        ]);
}
