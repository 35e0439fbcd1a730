using System.CommandLine;
using Sockeye.Cli.Connecting;

namespace Sockeye.Cli.Commands;

/// <summary><c>sockeye connect</c>: what can be said, and what it means.</summary>
internal static class ConnectCommand
{
    public const string Name = "connect";

    public const string More = """
        In a terminal: type a line and Enter to send it, Ctrl-D or Ctrl-C to close with 1000, /help for commands.

        In a pipe, or with --send, --echo or --json: each line of stdin is a message (none is read with --send or --echo).
        Stdout carries the messages received and nothing else, one a line: text as it is, binary in base64. With --json a line is
          {"type":"text","text":"..."}  or  {"type":"binary","base64":"..."}
        so that line breaks and bytes cannot be mistaken. Everything else goes to stderr. After the last input it waits until --count
        messages have come, or --wait seconds at most (1 by default), and closes with 1000. Messages of up to 64 MiB are received.

        Examples:
          sockeye connect ws://127.0.0.1:8080/
          sockeye connect wss://example.com/feed --header 'Authorization: Bearer ...' --subprotocol v1
          sockeye connect ws://127.0.0.1:8080/ --send hello --count 1
          seq 1000 | sockeye connect ws://127.0.0.1:8080/ --count 1000 --wait 10 --json
          sockeye connect unix:/tmp/echo.sock --ping --send hi
          sockeye connect ws://127.0.0.1:9001/ --echo
          sockeye connect ws://127.0.0.1:8080/ --dialect hixie-76

        Exit codes: 0 closed cleanly with 1000, 1001 or no code; 1 could not connect, or was refused; 2 usage; 3 any other end.

        """;

    private static readonly Argument<string> s_url = new("URL") { Description = "ws://HOST:PORT/PATH, wss://HOST/PATH or unix:/PATH" };
    private static readonly Option<string[]> s_headers = OptionKinds.Texts("--header", "N: V", "A request header, such as 'Authorization: Bearer ...'");
    private static readonly Option<string[]> s_subProtocols = OptionKinds.Texts("--subprotocol", "NAME", "A subprotocol to offer, the favourite first");
    private static readonly Option<string?> s_origin = OptionKinds.Text("--origin", "O", "The Origin header, as a browser would send it");
    private static readonly Option<string> s_dialect = OptionKinds.Choice("--dialect", "The dialect to speak; the older ones are for servers of 2010 and 2011", DialectNames.All);
    private static readonly Option<string[]> s_send = OptionKinds.Texts("--send", "TEXT", "A message to send; stdin is not read then");
    private static readonly Option<bool> s_binary = OptionKinds.Flag("--binary", "Send binary messages: the bytes of each line or TEXT as they are");
    private static readonly Option<bool> s_ping = OptionKinds.Flag("--ping", "Send a ping first and tell the round-trip time on stderr");
    private static readonly Option<long?> s_count = OptionKinds.Count("--count", "Close when the input is sent and N messages have come", long.MaxValue);
    private static readonly Option<TimeSpan?> s_wait = OptionKinds.Seconds(
        "--wait", "Close this many seconds after the last input, if not before; 1 by default, without end with --echo", zero: true);
    private static readonly Option<bool> s_echo = OptionKinds.Flag("--echo", "Send back whatever comes, until the other end closes");
    private static readonly Option<bool> s_json = OptionKinds.Flag("--json", "Print each message as one line of JSON");
    private static readonly DeflateOptions s_deflate = new();
    private static readonly Option<bool> s_insecure = OptionKinds.Flag("--insecure", "Accept any certificate: only for your own machines");
    private static readonly Option<TimeSpan?> s_connectTimeout = OptionKinds.Seconds(
        "--connect-timeout", "Seconds until the connection must be open; 10 by default", zero: false);

    public static Command Create()
    {
        var command = new Command(Name, "Connects to a WebSocket: to talk in a terminal, or from a script.")
        {
            s_url, s_headers, s_subProtocols, s_origin, s_dialect, s_send, s_binary, s_ping, s_count, s_wait, s_echo, s_json,
            s_deflate.Mode, s_deflate.Window, s_insecure, s_connectTimeout,
        };
        command.SetAction((parsed, _) => ConnectRun.RunAsync(Read(parsed)));
        return command;
    }

    /// <summary>Whom to connect to, as users write it.</summary>
    public static (Uri Url, string? UnixPath) UrlOf(string text)
    {
        const string Unix = "unix:";
        if (text.StartsWith(Unix + "/", StringComparison.OrdinalIgnoreCase))
        {
            return (new Uri("ws://localhost/"), text[Unix.Length..]);
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme is "ws" or "wss") && url.Host.Length > 0
            ? (url, null)
            : throw ProgramException.Usage($"'{text}' is no WebSocket address: write ws://HOST:PORT/PATH, wss://HOST/PATH or unix:/PATH.");
    }

    private static ConnectSettings Read(ParseResult parsed)
    {
        string text = parsed.GetValue(s_url)!;
        var (url, unixPath) = UrlOf(text);
        var settings = new ConnectSettings
        {
            Text = text,
            Url = url,
            UnixPath = unixPath,
            Headers = [.. (parsed.GetValue(s_headers) ?? []).Select(HeaderOf)],
            SubProtocols = parsed.GetValue(s_subProtocols) ?? [],
            Origin = parsed.GetValue(s_origin),
            Send = parsed.GetValue(s_send) is { Length: > 0 } send ? send : null,
            IsBinary = parsed.GetValue(s_binary),
            Ping = parsed.GetValue(s_ping),
            Count = parsed.GetValue(s_count),
            Wait = parsed.GetValue(s_wait),
            Echo = parsed.GetValue(s_echo),
            IsJson = parsed.GetValue(s_json),
            Compression = s_deflate.Read(parsed),
            IsInsecure = parsed.GetValue(s_insecure),
            ConnectTimeout = parsed.GetValue(s_connectTimeout),
            Dialect = DialectNames.Of(parsed.GetValue(s_dialect)!),
        };
        if (settings.Dialect < WebSocketDialects.Hixie76 || !(settings.Ping || settings.IsBinary))
        {
            return settings;
        }

        throw ProgramException.Usage($"{parsed.GetValue(s_dialect)} has no {(settings.Ping ? "pings: leave --ping out" : "binary messages: leave --binary out")}.");
    }

    private static KeyValuePair<string, string> HeaderOf(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? new(text[..colon], text[(colon + 1)..].Trim())
            : throw ProgramException.Usage($"--header takes a name, a colon and a value, not '{text}'.");
    }
}
