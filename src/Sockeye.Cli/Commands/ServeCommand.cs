using System.CommandLine;
using Sockeye.Cli.Serving;

namespace Sockeye.Cli.Commands;

/// <summary><c>sockeye serve</c>: what can be said, and what it means.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    public const string More = """
        URLs to listen on:
          ws://127.0.0.1:8080     one address          ws://localhost:8080   IPv4 and IPv6 loopback
          ws://*:8080             all addresses        ws://127.0.0.1:0      a free port
          wss://127.0.0.1:8443    with TLS             unix:/run/echo.sock   a Unix socket

        When it accepts connections it prints "listening on URL" for each address on stdout. Everything else goes to stderr.
        A browser gets a page to try it at http://HOST:PORT/, and /health answers "ok".
        Ctrl-C or SIGTERM closes all connections with 1001 and ends after 5 seconds at most; a second one ends it at once.

        Examples:
          sockeye serve
          sockeye serve --app chat --listen 'ws://*:8080' --path /chat
          sockeye serve --listen wss://localhost:8443 --self-signed
          sockeye serve --deflate=takeover --deflate-window 10
          sockeye serve --dialects all
          sockeye serve --listen ws://127.0.0.1:8080 --listen unix:/tmp/echo.sock -v

        Exit codes: 0 stopped by a signal, 1 a port in use or a missing file, 2 usage.

        """;

    private const string DefaultListen = "ws://127.0.0.1:8080/";

    private static readonly Option<string[]> s_listen = OptionKinds.Texts("--listen", "URL", $"Where to listen; {DefaultListen} by default");
    private static readonly Option<string> s_app = OptionKinds.Choice(
        "--app", "What connections are for: echo sends each message back, chat relays each text to everybody", "echo", "chat");
    private static readonly Option<string?> s_path = OptionKinds.Text("--path", "/PATH", "The only path that is a WebSocket; by default every path is one");
    private static readonly Option<string> s_transport = OptionKinds.Choice(
        "--transport", "How bytes are moved: by event loops on epoll (Linux, there by default; TLS too), or by sockets",
        OperatingSystem.IsLinux() ? ["epoll", "sockets"] : ["sockets", "epoll"]);
    private static readonly Option<long?> s_loops = OptionKinds.Count(
        "--loops", "Event loops of the epoll transport; one per processor by default", 1024);
    private static readonly Option<long?> s_maxMessageBytes = OptionKinds.Count(
        "--max-message-bytes", "The longest message accepted, longer ones close with 1009; 1048576 by default", Array.MaxLength);
    private static readonly Option<long?> s_maxFragments = OptionKinds.Count(
        "--max-fragments", "The most frames of one message, more close with 1008; 1024 by default", int.MaxValue);
    private static readonly DeflateOptions s_deflate = new();
    private static readonly Option<string[]> s_subProtocols = OptionKinds.Texts(
        "--subprotocol", "NAME", "A subprotocol served; the client's first that is listed is taken");
    private static readonly Option<string[]> s_origins = OptionKinds.Texts(
        "--origin", "ORIGIN", "An origin that browsers may come from, such as https://example.com; by default only the server's own");
    private static readonly Option<bool> s_anyOrigin = OptionKinds.Flag("--allow-any-origin", "Lets pages of any origin in (unsafe where cookies say who one is)");
    private static readonly Option<string[]> s_hosts = OptionKinds.Texts(
        "--allow-host", "NAME", "A host name to answer to; a server on 127.0.0.1 answers only to localhost otherwise");
    private static readonly Option<string?> s_dialects = OptionKinds.Text(
        "--dialects", "LIST", "What is spoken: rfc6455 by default; all; or names with commas between: " + string.Join(", ", DialectNames.All));
    private static readonly CertificateOptions s_certificate = new();
    private static readonly Option<bool> s_verbose = new("--verbose", "-v") { Description = "Log every connection on stderr" };

    public static Command Create()
    {
        var command = new Command(Name, "Runs a WebSocket server that echoes or relays, and shows a page to try it.")
        {
            s_listen, s_app, s_path, s_transport, s_loops, s_maxMessageBytes, s_maxFragments, s_deflate.Mode, s_deflate.Window, s_subProtocols,
            s_origins, s_anyOrigin, s_hosts, s_dialects,
            s_certificate.File, s_certificate.Key, s_certificate.SelfSigned, s_verbose,
        };
        command.SetAction((parsed, _) => ServeRun.RunAsync(Read(parsed)));
        return command;
    }

    private static ServeSettings Read(ParseResult parsed)
    {
        string[] listen = parsed.GetValue(s_listen) is { Length: > 0 } given ? given : [DefaultListen];
        var settings = new ServeSettings
        {
            Listen = listen,
            IsChat = parsed.GetValue(s_app) == "chat",
            Path = parsed.GetValue(s_path),
            IsEpoll = parsed.GetValue(s_transport) == "epoll",
            Loops = (int?)parsed.GetValue(s_loops),
            MaxMessageBytes = parsed.GetValue(s_maxMessageBytes),
            MaxFragments = (int?)parsed.GetValue(s_maxFragments),
            Compression = s_deflate.Read(parsed),
            SubProtocols = parsed.GetValue(s_subProtocols) ?? [],
            Origins = parsed.GetValue(s_origins) ?? [],
            AllowAnyOrigin = parsed.GetValue(s_anyOrigin),
            AllowedHosts = parsed.GetValue(s_hosts) ?? [],
            Dialects = DialectNames.OfList(parsed.GetValue(s_dialects) ?? "rfc6455"),
            Certificate = s_certificate.Read(parsed, listen.Any(url => url.StartsWith("wss:", StringComparison.OrdinalIgnoreCase))),
            IsVerbose = parsed.GetValue(s_verbose),
        };
        Check(settings);
        return settings;
    }

    private static void Check(ServeSettings settings)
    {
        if (settings.Path is { } path && (!path.StartsWith('/') || path.AsSpan().ContainsAny("?# ")))
        {
            throw ProgramException.Usage($"--path takes a path such as /chat, not '{path}'.");
        }

        string? withPath = settings.Listen.FirstOrDefault(
            url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Scheme: "ws" or "wss", PathAndQuery: not "/" });
        if (withPath is not null)
        {
            throw ProgramException.Usage($"Cannot listen on '{withPath}': it has only a host and a port; give the path with --path.");
        }

        if (settings.IsEpoll && !OperatingSystem.IsLinux())
        {
            throw ProgramException.Usage("--transport epoll is for Linux.");
        }

        if (settings.AllowAnyOrigin && settings.Origins.Count > 0)
        {
            throw ProgramException.Usage("Give either --origin or --allow-any-origin.");
        }
    }
}
