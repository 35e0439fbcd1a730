using System.CommandLine;
using System.Net;
using Sockeye.Cli.Checking;

namespace Sockeye.Cli.Commands;

/// <summary><c>sockeye check</c>: what can be said, and what it means.</summary>
internal static class CheckCommand
{
    public const string Name = "check";

    public const string More = """
        The server has to send each message back, and to take messages of 16 MiB for all of section 9:
          sockeye serve --max-message-bytes 16777216

        Patterns choose cases by their ids: '1.*', '6.*,7.3.?', 'H.*'. The numbers are those of the public suite, the letters our own.
        With --listen, a client asks /getCaseCount for their number N, connects to /runCase?case=1&agent=NAME to N (or casetuple=ID),
        echoes there what it gets, and ends with /updateReports?agent=NAME.

        Progress goes to stderr, the table to stdout; with --json there is one JSON object instead.

        Examples:
          sockeye check ws://127.0.0.1:8080/
          sockeye check ws://127.0.0.1:8080/ --cases '5.*,7.*' --exclude 7.13.1
          sockeye check wss://localhost:8443/ --insecure --fast --json
          sockeye check --listen ws://127.0.0.1:9001 --report reports
          sockeye check --listen wss://127.0.0.1:9001 --self-signed

        Exit codes: 0 nothing failed; 1 something did, or the server cannot be reached; 2 usage.

        """;

    private static readonly Argument<string?> s_url = new("URL")
    {
        Description = "ws://HOST:PORT/PATH or wss://HOST/PATH of a server that echoes",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> s_cases = OptionKinds.Text("--cases", "PATTERN", "Only cases whose id fits; several patterns with commas between");
    private static readonly Option<string?> s_exclude = OptionKinds.Text("--exclude", "PATTERN", "Not these cases");
    private static readonly Option<TimeSpan?> s_timeout = OptionKinds.Seconds(
        "--timeout", "How long the peer may take for what is due at once; 5 by default", zero: false);
    private static readonly Option<bool> s_fast = OptionKinds.Flag("--fast", "Leave heavy cases out, and try samples where others try all values");
    private static readonly Option<bool> s_insecure = OptionKinds.Flag("--insecure", "Accept any certificate: only for your own machines");
    private static readonly Option<bool> s_json = OptionKinds.Flag("--json", "Print the results as one JSON object");

    private static readonly Option<string?> s_listen = OptionKinds.Text(
        "--listen", "URL", "Judge clients instead, which connect to this ws://ADDRESS:PORT or wss://ADDRESS:PORT; port 0 for a free one");
    private static readonly CertificateOptions s_certificate = new();
    private static readonly Option<string?> s_report = OptionKinds.Text("--report", "DIR", "Write a page and a JSON file there, and a page that compares all reports in it");
    private static readonly Option<bool> s_brief = OptionKinds.Flag("--brief", "Leave the bytes of cases that passed out of the report, and shorten the others");
    private static readonly Option<string?> s_name = OptionKinds.Text("--name", "NAME", "What reports call the peer, such as its program and version; the address or the agent by default");

    public static Command Create()
    {
        var command = new Command(Name, "Judges how well a WebSocket server keeps to the standard.")
        {
            s_url, s_listen, s_certificate.File, s_certificate.Key, s_certificate.SelfSigned, s_cases, s_exclude, s_report, s_brief, s_name, s_timeout, s_fast,
            s_insecure, s_json,
        };
        command.SetAction((parsed, _) => CheckRun.RunAsync(Read(parsed)));
        return command;
    }

    private static CheckSettings Read(ParseResult parsed) => new()
    {
        Url = UrlOf(parsed.GetValue(s_url), parsed.GetValue(s_listen)),
        Listen = AddressOf(parsed.GetValue(s_listen)),
        Certificate = s_certificate.Read(parsed, parsed.GetValue(s_listen)?.StartsWith("wss:", StringComparison.OrdinalIgnoreCase) == true),
        ReportFolder = parsed.GetValue(s_report),
        IsBrief = parsed.GetValue(s_brief),
        Name = parsed.GetValue(s_name),
        Cases = parsed.GetValue(s_cases),
        Exclude = parsed.GetValue(s_exclude),
        Patience = parsed.GetValue(s_timeout) ?? TimeSpan.FromSeconds(5),
        IsFast = parsed.GetValue(s_fast),
        IsInsecure = parsed.GetValue(s_insecure),
        IsJson = parsed.GetValue(s_json),
    };

    private static Uri? UrlOf(string? text, string? listen)
    {
        if (text is null == listen is null)
        {
            throw ProgramException.Usage("Give either the address of a server, or --listen for clients.");
        }

        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "ws" or "wss", Host.Length: > 0, Fragment: "" }
            ? url
            : throw ProgramException.Usage($"'{text}' is not ws://HOST:PORT/PATH or wss://HOST/PATH.");
    }

    private static IPEndPoint? AddressOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        bool good = Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "ws" or "wss", PathAndQuery: "/" };
        return good && IPAddress.TryParse(url!.DnsSafeHost, out var address)
            ? new IPEndPoint(address, url.Port)
            : throw ProgramException.Usage($"--listen takes ws://ADDRESS:PORT or wss://ADDRESS:PORT such as ws://127.0.0.1:0, not '{text}'.");
    }
}
