using System.Diagnostics;
using System.Text;
using Sockeye.Cli.Connecting;

namespace Sockeye.Cli.Terminal;

/// <summary>A connection for somebody who types: a prompt below, the conversation above.</summary>
internal sealed class TerminalSession(WebSocketConnection connection, ConnectSettings settings, StopSignals signals)
{
    private const int MaxShown = 4000;
    private const int MaxShownBytes = 64;
    private const int MaxAwaited = 1000;

    private readonly Screen _screen = new();
    private readonly Queue<(string Text, long Since)> _awaited = new();
    private bool _closing;

    public async Task<CloseResult> RunAsync(string opened)
    {
        _screen.Show(LineStyle.Good, opened);
        _screen.Show(LineStyle.State, "Enter sends, Ctrl-D closes, /help shows more");
        _screen.Prompt();
        if (settings.Ping)
        {
            _ = PingAsync();
        }

        var receiving = Task.Run(ReceiveAsync);
        var typing = Task.Run(TypeAsync);
        await Task.WhenAny(receiving, typing, signals.First);
        _screen.Leave();
        if (connection.State == ConnectionState.Open)
        {
            _screen.Show(LineStyle.State, "closing");
        }

        var result = await Ending.CloseAsync(connection, signals);
        await Task.WhenAny(receiving, signals.Second);
        TypedAhead.Drop();
        _screen.Show(ExitCode.Of(result) == ExitCode.Ok ? LineStyle.Good : LineStyle.Bad, Ending.Describe(result));
        if (typing.IsFaulted)
        {
            await typing;
        }

        return result;
    }

    private async Task ReceiveAsync()
    {
        await foreach (var message in connection)
        {
            if (message.Type == MessageType.Binary)
            {
                string bytes = Convert.ToHexStringLower(message.Span[..Math.Min(message.Length, MaxShownBytes)]);
                string hex = string.Join(' ', bytes.Chunk(2).Select(pair => new string(pair)));
                string more = message.Length > MaxShownBytes ? " ..." : "";
                _screen.Show(LineStyle.Received, hex + more, $"binary, {Size(message.Length)}");
            }
            else
            {
                ShowText(message.ToString(), message.Length);
            }
        }
    }

    private void ShowText(string text, int bytes)
    {
        string note = text.Length switch
        {
            0 => "empty",
            > MaxShown => $"the start of {Size(bytes)}",
            _ => "",
        };
        if (RoundTrip(text) is { } trip)
        {
            note = note.Length == 0 ? Notes.Milliseconds(trip) : $"{note}, {Notes.Milliseconds(trip)}";
        }

        _screen.Show(LineStyle.Received, Notes.Harmless(text.Length > MaxShown ? text[..MaxShown] : text), note);
    }

    /// <summary>The time since the same text was sent, if it was: the round trip of an echo.</summary>
    private TimeSpan? RoundTrip(string text)
    {
        lock (_awaited)
        {
            if (!_awaited.Any(sent => sent.Text == text))
            {
                return null;
            }

            while (_awaited.TryDequeue(out var sent))
            {
                if (sent.Text == text)
                {
                    return Stopwatch.GetElapsedTime(sent.Since);
                }
            }

            return null;
        }
    }

    private async Task TypeAsync()
    {
        try
        {
            await foreach (var line in InputLines.ReadAsync(StandardStreams.Input()))
            {
                _screen.Entered();
                string text = Encoding.UTF8.GetString(line.Span);
                if (text is ['/', not '/', ..] or "/")
                {
                    await ObeyAsync(text);
                }
                else if (text.Length > 0)
                {
                    await SendAsync(text.StartsWith("//", StringComparison.Ordinal) ? text[1..] : text);
                }

                if (_closing)
                {
                    return;
                }

                _screen.Prompt();
            }
        }
        catch (WebSocketClosedException)
        {
            // Said by the connection's result.
        }
    }

    private async ValueTask SendAsync(string text)
    {
        if (settings.IsBinary)
        {
            await connection.SendAsync(Encoding.UTF8.GetBytes(text));
            return;
        }

        lock (_awaited)
        {
            _awaited.Enqueue((text, Stopwatch.GetTimestamp()));
            if (_awaited.Count > MaxAwaited)
            {
                _awaited.Dequeue();
            }
        }

        await connection.SendAsync(text);
    }

    private async ValueTask ObeyAsync(string line)
    {
        var command = TypedCommand.Parse(line);
        switch (command.Kind)
        {
            case TypedCommandKind.Ping:
                _ = PingAsync();
                break;
            case TypedCommandKind.Binary when !connection.Traits.HasFlag(DialectTraits.Binary):
                _screen.Show(LineStyle.Bad, "this dialect has no binary messages");
                break;
            case TypedCommandKind.Binary:
                await connection.SendAsync(command.Bytes);
                break;
            case TypedCommandKind.Close:
                Close(command);
                break;
            default:
                _screen.Show(command.Kind == TypedCommandKind.Help ? LineStyle.State : LineStyle.Bad, command.Text);
                break;
        }
    }

    private void Close(TypedCommand command)
    {
        try
        {
            _ = connection.CloseAsync(command.Code, command.Text);
            _closing = true;
        }
        catch (ArgumentException e)
        {
            _screen.Show(LineStyle.Bad, ProgramException.Words(e));
        }
        catch (NotSupportedException)
        {
            _screen.Show(LineStyle.Bad, "this dialect has no such close code or reason: /close alone");
        }
    }

    private async Task PingAsync()
    {
        try
        {
            var trip = await connection.PingAsync();
            _screen.Show(LineStyle.State, $"pong after {Notes.Milliseconds(trip)}");
        }
        catch (WebSocketClosedException)
        {
            _screen.Show(LineStyle.Bad, "no pong before the end");
        }
        catch (NotSupportedException)
        {
            _screen.Show(LineStyle.Bad, "this dialect has no pings");
        }
    }

    private static string Size(int bytes) => bytes == 1 ? "1 byte" : $"{bytes} bytes";
}
