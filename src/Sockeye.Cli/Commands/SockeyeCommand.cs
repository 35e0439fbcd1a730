using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sockeye.Cli.Commands;

/// <summary>The whole command line: its commands, and what happens when something is wrong with it.</summary>
internal static class SockeyeCommand
{
    private const string Name = "sockeye";

    public static async Task<int> RunAsync(string[] args)
    {
        // A value may begin with '@' or be several letters behind one dash: both are messages here, not files and flags.
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        var parsed = Create().Parse(DeflateOptions.WithValue(args), parser);
        string command = parsed.CommandResult.Command.Name is Name ? Name : $"{Name} {parsed.CommandResult.Command.Name}";
        try
        {
            if (parsed.Action is ParseErrorAction or null)
            {
                string error = parsed.Errors.Count > 0 ? parsed.Errors[0].Message : "Nothing to do.";
                throw ProgramException.Usage(error);
            }

            // Signals are the commands' own matter.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (ProgramException e)
        {
            string help = e.ExitCode == ExitCode.Usage ? $" Try '{command} --help'." : "";
            Notes.Write($"{command}: {OneLine(e.Message)}{help}");
            return e.ExitCode;
        }
        catch (Exception e)
        {
            Notes.Write($"{command}: {OneLine(e.Message)}");
            return ExitCode.Failed;
        }
    }

    // Not a RootCommand, which is named after the assembly.
    private static Command Create() => new(Name, "Serves, connects to and looks at WebSockets.")
    {
        ServeCommand.Create(),
        ConnectCommand.Create(),
        BenchCommand.Create(),
        CheckCommand.Create(),
        new HelpOption { Action = new HelpWithExamples(new HelpAction()), Description = "Show this help" },
        new VersionOption { Description = "Show the version" },
    };

    private static string OneLine(string text) =>
        string.Join(' ', Notes.Harmless(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
