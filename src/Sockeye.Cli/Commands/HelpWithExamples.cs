using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sockeye.Cli.Commands;

/// <summary>The usual help, and below it how the command is used.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string Root = """
        Examples:
          sockeye serve                                  an echo server and a page to try it: http://127.0.0.1:8080/
          sockeye connect ws://127.0.0.1:8080/           talk to it
          sockeye bench ws://127.0.0.1:8080/             put load on it
          sockeye check ws://127.0.0.1:8080/             judge how well it keeps to the standard
          sockeye serve --help                           all about a command

        """;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        string more = parseResult.CommandResult.Command.Name switch
        {
            ServeCommand.Name => ServeCommand.More,
            ConnectCommand.Name => ConnectCommand.More,
            BenchCommand.Name => BenchCommand.More,
            CheckCommand.Name => CheckCommand.More,
            _ => Root,
        };
        parseResult.InvocationConfiguration.Output.WriteLine(more);
        return code;
    }
}
