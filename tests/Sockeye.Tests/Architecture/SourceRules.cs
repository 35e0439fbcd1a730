using System.Text.RegularExpressions;

namespace Sockeye.Tests.Architecture;

/// <summary>What every C# file of this repository keeps to, whatever it does.</summary>
internal static partial class SourceRules
{
    /// <summary>300 is the aim; this is where a file has to be split.</summary>
    public const int MaxFileLines = 350;

    public const int MaxMemberLines = 70;

    /// <summary>Rules for all C# files.</summary>
    public static IEnumerable<string> Everywhere(string path, string source)
    {
        foreach (Match match in Region().Matches(source))
        {
            yield return $"{path}:{CodeText.LineOf(source, match.Index)}: no regions: split the file instead";
        }

        foreach (Match match in Reminder().Matches(source))
        {
            yield return $"{path}:{CodeText.LineOf(source, match.Index)}: {match.Value} needs the number of its issue: {match.Value}(#123)";
        }
    }

    /// <summary>Rules for the C# files below src.</summary>
    public static IEnumerable<string> InProduct(string path, string source)
    {
        int lines = source.AsSpan().TrimEnd('\n').Count('\n') + 1;
        if (lines > MaxFileLines)
        {
            yield return $"{path}: {lines} lines, more than {MaxFileLines}";
        }

        Declarations found = Declarations.In(source);
        foreach (MemberDeclaration member in found.Members.Where(member => member.Lines > MaxMemberLines))
        {
            yield return $"{path}:{member.Line}: {member.Lines} lines, more than {MaxMemberLines}: {member.Header}";
        }

        string[] names = [.. found.Types.Where(type => type.IsPublic).Select(type => type.Name).Distinct()];
        string expected = Path.GetFileName(path).Split('.', 2)[0];
        if (names.Length > 1)
        {
            yield return $"{path}: one public type a file, not {string.Join(", ", names)}";
        }
        else if (names.Length == 1 && names[0] != expected)
        {
            yield return $"{path}: named unlike its public type {names[0]}";
        }
    }

    /// <summary>Rules for the C# files below tests.</summary>
    public static IEnumerable<string> InTests(string path, string source)
    {
        foreach (Match match in Sleep().Matches(CodeText.Of(source)))
        {
            yield return $"{path}:{CodeText.LineOf(source, match.Index)}: wait for what you test, do not sleep";
        }
    }

    [GeneratedRegex(@"^[ \t]*#region\b", RegexOptions.Multiline)]
    private static partial Regex Region();

    [GeneratedRegex(@"\b(?:TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b(?!\(#\d+\))")]
    private static partial Regex Reminder();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b")]
    private static partial Regex Sleep();
}
