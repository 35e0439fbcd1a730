namespace Sockeye.Cli;

/// <summary>Ends the program with one line on stderr and an exit code.</summary>
internal sealed class ProgramException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>The command line makes no sense.</summary>
    public static ProgramException Usage(string message) => new(Cli.ExitCode.Usage, message);

    /// <summary>The library found an argument that makes no sense; its message without the name of a parameter that no user knows.</summary>
    public static ProgramException Usage(ArgumentException error) => Usage(Words(error));

    /// <summary>Something went wrong at run time.</summary>
    public static ProgramException Failed(string message) => new(Cli.ExitCode.Failed, message);

    public static string Words(ArgumentException error)
    {
        string text = error.Message;
        int parameter = text.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return parameter < 0 ? text : text[..parameter];
    }
}
