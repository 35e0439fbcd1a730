using System.Diagnostics;

namespace Sockeye.Tests.Architecture;

/// <summary>The checked-out repository these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Ignored =
        ["bin", "obj", "artifacts", "node_modules", ".git", ".vs", ".idea", ".vscode", "TestResults", "__pycache__"];

    public static string Root { get; } = FindRoot();

    public static string PathTo(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathTo(relative));

    public static bool Exists(string relative) => File.Exists(PathTo(relative)) || Directory.Exists(PathTo(relative));

    /// <summary>Files below a folder whose name ends so, as paths from the root with forward slashes, sorted.</summary>
    public static IReadOnlyList<string> Files(string folder, string ending)
    {
        string start = PathTo(folder);
        return Directory.Exists(start)
            ? [.. Walk(start).Where(path => path.EndsWith(ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>What git tracks, or would; without git every file that is not build output.</summary>
    public static IReadOnlyList<string> TrackedFiles()
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard" })
        {
            start.ArgumentList.Add(argument);
        }

        using Process git = Process.Start(start)!;
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0
            ? [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(Exists)]
            : [.. Walk(Root)];
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        IEnumerable<string> inside = Directory.EnumerateDirectories(folder)
            .Where(path => !Ignored.Contains(Path.GetFileName(path)))
            .SelectMany(Walk);
        foreach (string file in inside)
        {
            yield return file;
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sockeye.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Sockeye.slnx above {AppContext.BaseDirectory}");
    }
}
