using Microsoft.Win32.SafeHandles;

namespace Sockeye.Cli.Connecting;

/// <summary>Standard input and output as plain bytes.</summary>
internal static class StandardStreams
{
    /// <summary>Stdin, without .NET's own line editing: in a terminal, the terminal edits.</summary>
    public static Stream Input()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardInput();
        }

        try
        {
            return Open(0, FileAccess.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Stream.Null; // closed, or nothing to read from
        }
    }

    /// <summary>Stdout. On a pipe, a reader that has gone is an <see cref="IOException"/>, which .NET's own stream would hide.</summary>
    public static Stream Output()
    {
        if (!OperatingSystem.IsWindows())
        {
            try
            {
                // Files stay with .NET's stream: it writes at the place that others share with us (2>&1).
                var stream = Open(1, FileAccess.Write);
                if (!stream.CanSeek)
                {
                    return stream;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // Closed, or of an odd kind.
            }
        }

        return Console.OpenStandardOutput();
    }

    private static FileStream Open(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0, isAsync: false);
}
