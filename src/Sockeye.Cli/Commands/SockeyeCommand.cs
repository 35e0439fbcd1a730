using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sockeye.Cli.Commands;

/// <summary>The whole command line: its commands, and what happens when something is wrong with it.</summary>
internal static class SockeyeCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        // A value may begin with '@' or be several letters behind one dash: both are messages here, not files and flags.
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        var parsed = Create().Parse(args, parser);
        string command = parsed.CommandResult.Command is RootCommand ? "sockeye" : $"sockeye {parsed.CommandResult.Command.Name}";
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

    private static RootCommand Create()
    {
        var root = new RootCommand("Serves, connects to and looks at WebSockets.") { ServeCommand.Create(), ConnectCommand.Create() };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        help.Description = "Show this help";
        root.Options.OfType<VersionOption>().Single().Description = "Show the version";
        return root;
    }

    private static string OneLine(string text) =>
        string.Join(' ', Notes.Harmless(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
