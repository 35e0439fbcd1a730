using Microsoft.Extensions.Logging;
using Sockeye.Cli.Page;

namespace Sockeye.Cli.Serving;

/// <summary>A server from its start to the signal that ends it.</summary>
internal static class ServeRun
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(ServeSettings settings)
    {
        using var signals = new StopSignals(); // first, so that a signal behind the first line on stdout is heard
        using var log = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(settings.IsVerbose ? LogLevel.Debug : LogLevel.Warning)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "))
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        using var certificate = Certificates.Of(settings.Certificate);
        var options = OptionsOf(settings);
        options.LoggerFactory = log;
        options.Certificate = certificate;
        options.IntermediateCertificates = Certificates.IntermediatesOf(settings.Certificate);

        var server = await StartAsync(options, settings.IsChat ? new ChatRoom().RunAsync : EchoAsync);
        Announce(await server.Started);
        await signals.First;
        await StopAsync(server, signals);
        return ExitCode.Ok;
    }

    private static WebSocketServerOptions OptionsOf(ServeSettings settings)
    {
        var options = new WebSocketServerOptions
        {
            Transport = settings.IsEpoll ? ServerTransport.Epoll : ServerTransport.Sockets,
            Dialects = settings.Dialects,
            DangerouslyAllowAnyOrigin = settings.AllowAnyOrigin,
            Compression = settings.Compression,
            OnHttpRequest = new PageSite(settings.Path).Answer,
        };
        options.Loops = settings.Loops ?? options.Loops;
        options.MaxMessageBytes = settings.MaxMessageBytes ?? options.MaxMessageBytes;
        options.MaxFragments = settings.MaxFragments ?? options.MaxFragments;
        if (settings.IsChat)
        {
            // Who does not keep up is closed, so that nobody waits for them. A message fits beside another one.
            options.SlowPeer = SlowPeerPolicy.Close;
            options.SendBacklogBytes = Math.Max(options.SendBacklogBytes, 2 * options.MaxMessageBytes);
        }

        AddTo(options.Listen, settings.Listen);
        AddTo(options.Paths, settings.Path is { } path ? [path] : []);
        AddTo(options.SubProtocols, settings.SubProtocols);
        AddTo(options.AllowedOrigins, settings.Origins);
        AddTo(options.AllowedHosts, settings.AllowedHosts);
        return options;
    }

    private static void AddTo(IList<string> list, IEnumerable<string> values)
    {
        foreach (string value in values)
        {
            list.Add(value);
        }
    }

    private static async Task<WebSocketServer> StartAsync(WebSocketServerOptions options, Func<WebSocketConnection, Task> handler)
    {
        try
        {
            return await WebSocketServer.StartAsync(options, handler);
        }
        catch (ArgumentException e)
        {
            throw ProgramException.Usage(e);
        }
        catch (IOException e)
        {
            throw ProgramException.Failed(e.Message);
        }
    }

    private static void Announce(IReadOnlyList<Uri> bound)
    {
        foreach (var url in bound)
        {
            Console.Out.WriteLine($"listening on {url.OriginalString}");
        }

        Console.Out.Flush();
    }

    private static async Task EchoAsync(WebSocketConnection connection)
    {
        await foreach (var message in connection)
        {
            await connection.SendAsync(message);
        }
    }

    private static async Task StopAsync(WebSocketServer server, StopSignals signals)
    {
        var drained = server.StopAsync(s_drain);
        if (!drained.IsCompleted && server.ConnectionCount is > 0 and int left)
        {
            Notes.Write($"stopping: {left} connection{(left == 1 ? "" : "s")} told to go away, waiting {s_drain.TotalSeconds} s at most");
        }

        if (await Task.WhenAny(drained, signals.Second) != drained)
        {
            await server.StopAsync(TimeSpan.Zero);
        }
    }
}
