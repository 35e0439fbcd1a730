using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Sockeye.Cli.Terminal;

namespace Sockeye.Cli.Connecting;

/// <summary>A client's connection from the attempt to its end.</summary>
internal static class ConnectRun
{
    // Of the user's own choice of server, and printed as it comes.
    private const int MaxMessageBytes = 64 << 20, MaxFragments = 1 << 20;

    public static async Task<int> RunAsync(ConnectSettings settings)
    {
        using var signals = new StopSignals();
        long started = Stopwatch.GetTimestamp();
        await using var connection = await OpenAsync(settings, signals);
        string opened = Opened(settings, connection, Stopwatch.GetElapsedTime(started));
        CloseResult result;
        if (settings.IsInteractive)
        {
            result = await new TerminalSession(connection, settings, signals).RunAsync(opened);
        }
        else
        {
            Notes.Write(opened);
            result = await new PipeSession(connection, settings, signals).RunAsync();
            Notes.Write(Ending.Describe(result));
        }

        return ExitCode.Of(result);
    }

    private static async Task<WebSocketConnection> OpenAsync(ConnectSettings settings, StopSignals signals)
    {
        using var giveUp = new CancellationTokenSource();
        var opening = ConnectAsync(settings, giveUp.Token);
        if (await Task.WhenAny(opening, signals.First) != opening)
        {
            await giveUp.CancelAsync();
        }

        try
        {
            return await opening;
        }
        catch (OperationCanceledException)
        {
            throw ProgramException.Failed("Stopped before the connection was open.");
        }
    }

    private static async Task<WebSocketConnection> ConnectAsync(ConnectSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            return await WebSocketClient.ConnectAsync(settings.Url, OptionsOf(settings), cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw ProgramException.Usage(e);
        }
        catch (WebSocketHandshakeException e)
        {
            TellAnswer(e);
            string why = e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}";
            throw ProgramException.Failed($"{settings.Text} did not open a WebSocket: {why}");
        }
        catch (AuthenticationException e)
        {
            string hint = settings.IsInsecure ? "" : " (--insecure accepts any certificate)";
            throw ProgramException.Failed($"TLS with {settings.Text} failed: {e.InnerException?.Message ?? e.Message}{hint}");
        }
        catch (IOException e)
        {
            string why = settings.UnixPath is { } path && !File.Exists(path) ? "there is no such socket."
                : e.InnerException is SocketException socket ? socket.Message + "." : e.Message;
            throw ProgramException.Failed($"Cannot connect to {settings.Text}: {why}");
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            throw ProgramException.Failed($"Cannot connect to {settings.Text}: {e.Message}");
        }
    }

    private static WebSocketClientOptions OptionsOf(ConnectSettings settings)
    {
        var options = new WebSocketClientOptions
        {
            Dialect = settings.Dialect,
            Origin = settings.Origin,
            UnixSocketPath = settings.UnixPath,
            DangerouslyAcceptAnyCertificate = settings.IsInsecure,
            MaxMessageBytes = MaxMessageBytes,
            MaxFragments = MaxFragments,
            Compression = settings.Compression,
        };
        options.ConnectTimeout = settings.ConnectTimeout ?? options.ConnectTimeout;
        foreach (var header in settings.Headers)
        {
            options.Headers.Add(header);
        }

        foreach (string name in settings.SubProtocols)
        {
            options.SubProtocols.Add(name);
        }

        return options;
    }

    /// <summary>The status line and the body of an answer that is no acceptance.</summary>
    private static void TellAnswer(WebSocketHandshakeException refusal)
    {
        if (refusal.Response is not { } response)
        {
            return;
        }

        Notes.Write(Notes.Harmless($"HTTP/{response.Version} {response.StatusCode} {response.ReasonPhrase}".TrimEnd()));
        string body = Notes.Harmless(Encoding.UTF8.GetString(refusal.Body.Span)).TrimEnd();
        if (body.Length > 0)
        {
            Notes.Write(body);
        }
    }

    private static string Opened(ConnectSettings settings, WebSocketConnection connection, TimeSpan took)
    {
        string protocol = connection.SubProtocol is { } name ? $", subprotocol {name}" : "";
        string extensions = connection.Extensions is { } agreed ? $", {Notes.Harmless(agreed)}" : "";
        return $"connected to {settings.Text} in {Notes.Milliseconds(took)}{protocol}{extensions}";
    }
}
