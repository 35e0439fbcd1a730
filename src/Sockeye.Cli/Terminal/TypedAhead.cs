using System.Runtime.InteropServices;

namespace Sockeye.Cli.Terminal;

/// <summary>What was typed and not read.</summary>
internal static class TypedAhead
{
    /// <summary>Drops it, so that the shell does not run half a message as a command.</summary>
    public static void Drop()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = TcFlush(0, 0); // stdin, TCIFLUSH
        }
        else if (OperatingSystem.IsMacOS())
        {
            _ = TcFlush(0, 1);
        }
    }

    [DllImport("libc", EntryPoint = "tcflush")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int TcFlush(int descriptor, int queue);
}
