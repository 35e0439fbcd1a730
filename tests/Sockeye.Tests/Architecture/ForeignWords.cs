namespace Sockeye.Tests.Architecture;

/// <summary>
/// Words that say where somebody builds, not what Sockeye is: paths of a machine, hosts of package registries.
/// Put together here from halves, so that this file does not contain them.
/// </summary>
internal static class ForeignWords
{
    private static readonly string[] Words =
    [
        "/wo" + "rk/", "/tmp/" + "bash_", "/ro" + "ot/", "npm" + "js.", "nuget" + ".org", "py" + "pi.", "deb.deb" + "ian", "registry." + "yarn",
    ];

    private static readonly string[] TextEndings =
    [
        ".cs", ".csproj", ".props", ".targets", ".slnx", ".sln", ".json", ".md", ".txt", ".yml", ".yaml", ".xml", ".config", ".sh",
        ".mjs", ".js", ".ts", ".py", ".html", ".css", ".svg", ".editorconfig", ".gitignore", ".gitattributes", ".c", ".h", ".csv",
    ];

    public static bool IsText(string path) =>
        Path.GetExtension(path) is { } ending && (ending.Length == 0 || TextEndings.Contains(ending));

    public static IEnumerable<string> In(string path, string text) =>
        text.Split('\n').SelectMany((line, i) => Words
            .Where(word => line.Contains(word, StringComparison.OrdinalIgnoreCase))
            .Select(word => $"{path}:{i + 1}: {word}"));
}
