using System.CommandLine;
using Sockeye.Cli.Benching;

namespace Sockeye.Cli.Commands;

/// <summary><c>sockeye bench</c>: what can be said, and what it means.</summary>
internal static class BenchCommand
{
    public const string Name = "bench";

    public const string More = """
        Modes:
          echo        keeps --depth messages in flight on each connection; each must come back exactly as it was sent
          handshake   each connection is opened, closed and opened again; the time is that until it is open
          idle        the connections stay open and are pinged once in 10 seconds each, or --rate pings a second in all
          broadcast   one more connection sends text, and all must receive it, as with 'sockeye serve --app chat'

        With --rate, time counts from when a message was due, however late it could be sent, so that a server that stalls
        cannot hide it. A message leaves some 0.1 ms late at most on an idle Linux machine. Connections are opened before the time
        begins. Handshakes with ws://127.x.x.x come from many addresses on Linux; elsewhere ports would run out, and without
        --rate there are 450 a second at most.

        Progress goes to stderr, the figures to stdout; with --json they are one JSON object. Ctrl-C ends the run early with the
        figures so far.

        Examples:
          sockeye bench ws://127.0.0.1:8080/
          sockeye bench ws://127.0.0.1:8080/ --connections 500 --depth 32 --seconds 30 --json
          sockeye bench wss://localhost:8443/ --insecure --size 16384 --rate 1000
          sockeye bench ws://127.0.0.1:8080/ --mode idle --connections 10000 --ramp 5

        Exit codes: 0 nothing went wrong; 1 something did: no connection, a wrong echo, an unexpected close; 2 usage.

        """;

    private const int MaxConnections = 1_000_000;
    private const int MaxSize = 64 << 20;
    private const int MaxDepth = 65_536;

    private static readonly Argument<string> s_url = new("URL") { Description = "ws://HOST:PORT/PATH, wss://HOST/PATH or unix:/PATH" };
    private static readonly Option<string> s_mode = OptionKinds.Choice(
        "--mode", "What to do with the server", [.. Enum.GetValues<BenchMode>().Select(TextReport.NameOf)]);
    private static readonly Option<long?> s_connections = OptionKinds.Count("--connections", "Connections at a time; 64 by default", MaxConnections);
    private static readonly Option<long?> s_size = OptionKinds.Count("--size", "Bytes of a message; 16 by default", MaxSize);
    private static readonly Option<long?> s_depth = OptionKinds.Count(
        "--depth", "Messages in flight on each connection, in broadcast in all; 1 by default", MaxDepth);
    private static readonly Option<TimeSpan?> s_seconds = OptionKinds.Seconds("--seconds", "How long; 10 by default", zero: false);
    private static readonly Option<bool> s_text = OptionKinds.Flag("--text", "Send text, not binary; broadcast always does");
    private static readonly Option<double?> s_rate = OptionKinds.Rate(
        "--rate", "What is due in a second, over all connections; without it, as fast as it goes");
    private static readonly Option<TimeSpan?> s_ramp = OptionKinds.Seconds(
        "--ramp", "Seconds over which the connections are opened; by default as fast as it goes", zero: true);
    private static readonly Option<bool> s_insecure = OptionKinds.Flag("--insecure", "Accept any certificate: only for your own machines");
    private static readonly Option<bool> s_json = OptionKinds.Flag("--json", "Print the figures as one JSON object");

    public static Command Create()
    {
        var command = new Command(Name, "Puts load on a WebSocket server, and tells how it does.")
        {
            s_url, s_mode, s_connections, s_size, s_depth, s_seconds, s_text, s_rate, s_ramp, s_insecure, s_json,
        };
        command.SetAction((parsed, _) => BenchRun.RunAsync(Read(parsed)));
        return command;
    }

    private static BenchSettings Read(ParseResult parsed)
    {
        string text = parsed.GetValue(s_url)!;
        var (url, unixPath) = ConnectCommand.UrlOf(text);
        var mode = Enum.GetValues<BenchMode>().First(mode => TextReport.NameOf(mode) == parsed.GetValue(s_mode));
        if (mode == BenchMode.Handshake && parsed.GetValue(s_ramp) is not null)
        {
            throw ProgramException.Usage("--ramp is for connections that stay: give --rate with --mode handshake.");
        }

        if (url.Fragment.Length > 0)
        {
            throw ProgramException.Usage("A WebSocket address has no fragment (RFC 6455 §3).");
        }

        return new BenchSettings
        {
            Text = text,
            Url = url,
            UnixPath = unixPath,
            Mode = mode,
            Connections = (int)(parsed.GetValue(s_connections) ?? 64),
            Size = (int)(parsed.GetValue(s_size) ?? 16),
            Depth = (int)(parsed.GetValue(s_depth) ?? 1),
            Duration = parsed.GetValue(s_seconds) ?? TimeSpan.FromSeconds(10),
            IsText = parsed.GetValue(s_text) || mode == BenchMode.Broadcast,
            Rate = parsed.GetValue(s_rate),
            Ramp = parsed.GetValue(s_ramp) ?? TimeSpan.Zero,
            IsInsecure = parsed.GetValue(s_insecure),
            IsJson = parsed.GetValue(s_json),
        };
    }
}
