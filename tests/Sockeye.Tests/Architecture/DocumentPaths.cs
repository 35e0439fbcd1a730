using System.Text.RegularExpressions;

namespace Sockeye.Tests.Architecture;

/// <summary>Paths that a document names in backticks, such as `src/Sockeye/Sockeye.csproj`.</summary>
internal static partial class DocumentPaths
{
    public static IReadOnlyList<string> In(string markdown) =>
        [.. InBackticks().Matches(markdown).Select(match => match.Groups[1].Value).Distinct()];

    public static IEnumerable<string> Missing(string markdown, Func<string, bool> exists) =>
        In(markdown).Where(path => !exists(path));

    [GeneratedRegex(@"`((?:src|tests|docs|bench|examples)/[^`\s*<>]*)`")]
    private static partial Regex InBackticks();
}
