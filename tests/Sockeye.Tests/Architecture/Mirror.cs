namespace Sockeye.Tests.Architecture;

/// <summary>Tests mirror the source: Protocol/Frames/Mask.cs is tested in tests/Sockeye.Tests/Protocol/Frames/MaskTests.cs.</summary>
internal static class Mirror
{
    /// <summary>A file with more lines of code than this has tests of its own.</summary>
    public const int SmallFile = 60;

    public const string Source = "src/Sockeye.Protocol";

    /// <summary>Larger files without a test file of their own, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Exempt = new Dictionary<string, string>
    {
        // ["src/Sockeye.Protocol/Folder/File.cs"] = "the reason",
    };

    public static string TestsFor(string path) =>
        "tests/Sockeye.Tests/Protocol" + path[Source.Length..^".cs".Length] + "Tests.cs";

    public static IEnumerable<string> Missing(IEnumerable<(string Path, string Source)> files, Func<string, bool> exists) =>
        from file in files
        where CodeLines(file.Source) > SmallFile && !Exempt.ContainsKey(file.Path) && !exists(TestsFor(file.Path))
        select $"{file.Path} has {CodeLines(file.Source)} lines of code and no {TestsFor(file.Path)}";

    public static int CodeLines(string source) => CodeText.Of(source).Split('\n').Count(line => !string.IsNullOrWhiteSpace(line));
}
