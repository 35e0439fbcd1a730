using Sockeye.Cli.Commands;

return await SockeyeCommand.RunAsync(args);
