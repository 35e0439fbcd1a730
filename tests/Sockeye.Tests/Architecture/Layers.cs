using System.Text.RegularExpressions;

namespace Sockeye.Tests.Architecture;

/// <summary>
/// The order of a project's folders. A file may use folders on lower levels than its own, and its own; folders that share a level
/// do not know each other. Files at the root of the project may use everything.
/// </summary>
internal sealed partial record Layers(string Project, string Namespace, params string[][] Levels)
{
    /// <summary>What breaks the order among these files (path from the project's folder, source).</summary>
    public IReadOnlyList<string> Violations(IReadOnlyCollection<(string Path, string Source)> files)
    {
        var seen = files.Select(file => new SourceFile(file.Path, file.Source)).ToList();
        return [.. seen.SelectMany(file => Violations(file, seen))];
    }

    private IEnumerable<string> Violations(SourceFile file, List<SourceFile> all)
    {
        if (GlobalUsing().IsMatch(file.Code))
        {
            yield return $"{Project}/{file.Path} has a global using of Sockeye, which hides who uses what";
        }

        if (file.Folder.Length == 0)
        {
            yield break;
        }

        if (LevelOf(file.Folder) < 0)
        {
            yield return $"{Project}/{file.Path}: the folder {file.Folder} has no place in the order";
            yield break;
        }

        foreach (string other in Levels.SelectMany(level => level).Where(other => !MayUse(file.Folder, other)))
        {
            string? use = UseOf(other, file, all);
            if (use is not null)
            {
                yield return $"{Project}/{file.Path} ({file.Folder}) uses {use} ({other})";
            }
        }
    }

    private bool MayUse(string folder, string other) => folder == other || LevelOf(other) < LevelOf(folder);

    private int LevelOf(string folder) => Array.FindIndex(Levels, level => level.Contains(folder));

    private string? UseOf(string other, SourceFile file, List<SourceFile> all)
    {
        Match qualified = Regex.Match(file.Code, $@"\b{Regex.Escape(Namespace)}\.{other}\b[\w.]*");
        if (qualified.Success)
        {
            return qualified.Value;
        }

        foreach (SourceFile theirs in all.Where(theirs => theirs.Folder == other))
        {
            foreach (string name in theirs.Declared.Types.Select(type => type.Name).Where(name => !file.Declares(name)))
            {
                // A type outside its folder's namespace can be named without a using: then its bare name is the use.
                bool visible = !theirs.Declared.Namespace.StartsWith($"{Namespace}.{other}", StringComparison.Ordinal);
                string pattern = visible ? $@"(?<![\w.])(?:{other}\.)?{name}\b" : $@"(?<![\w.]){other}\.{name}\b";
                if (Regex.IsMatch(file.Code, pattern))
                {
                    return name;
                }
            }
        }

        return null;
    }

    [GeneratedRegex(@"\bglobal\s+using\s+(static\s+)?Sockeye\b")]
    private static partial Regex GlobalUsing();

    private sealed class SourceFile(string path, string source)
    {
        public string Path { get; } = path;

        public string Folder { get; } = path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";

        public string Code { get; } = CodeText.Of(source);

        public Declarations Declared { get; } = Declarations.In(source);

        public bool Declares(string name) => Declared.Types.Any(type => type.Name == name);
    }
}
