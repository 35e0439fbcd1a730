namespace Sockeye.Cli;

/// <summary>What the program tells the shell. Scripts rely on the numbers.</summary>
internal static class ExitCode
{
    /// <summary>All went well; of a connection: it was closed cleanly with 1000, 1001 or no code.</summary>
    public const int Ok = 0;

    /// <summary>Something at run time: a port in use, a missing file, a server that cannot be reached or refuses.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>The connection ended in any other way.</summary>
    public const int BadEnd = 3;

    public static int Of(CloseResult result) =>
        result is { IsClean: true, Code: CloseCode.Normal or CloseCode.GoingAway or CloseCode.NoCode } ? Ok : BadEnd;
}
