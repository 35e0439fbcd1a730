using System.Text;

namespace Sockeye.Cli.Connecting;

/// <summary>A connection for scripts: lines in, messages out, and an end by itself.</summary>
internal sealed class PipeSession(WebSocketConnection connection, ConnectSettings settings, StopSignals signals)
{
    private static readonly TimeSpan s_defaultWait = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _counted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MessageOutput _output = new(StandardStreams.Output(), settings.IsJson);
    private long _received;

    public async Task<CloseResult> RunAsync()
    {
        var receiving = Task.Run(ReceiveAsync);
        var pinging = settings.Ping ? PingAsync() : Task.CompletedTask;
        var sending = Task.Run(SendAsync); // apart, since reading stdin may block
        var finished = FinishAsync(sending, pinging);
        await Task.WhenAny(receiving, finished, signals.First);

        var result = await Ending.CloseAsync(connection, signals);
        await Task.WhenAny(receiving, signals.Second); // what came before the end is still printed
        if (sending.IsFaulted)
        {
            await sending;
        }

        if (settings.Count is { } count && Volatile.Read(ref _received) is var received && received < count)
        {
            Notes.Write($"received {received} of {count} messages");
        }

        return result;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            await foreach (var message in connection)
            {
                _output.Write(message);
                if (settings.Echo)
                {
                    await connection.SendAsync(message);
                }

                if (Interlocked.Increment(ref _received) == settings.Count)
                {
                    _counted.TrySetResult();
                }
            }
        }
        catch (WebSocketClosedException)
        {
            // The connection's own result says how it ended.
        }
        catch (IOException)
        {
            // Nobody reads what we print any more (head, grep -m1): that is an end like any other.
        }
    }

    private async Task SendAsync()
    {
        try
        {
            if (settings.Send is not null || settings.Echo)
            {
                foreach (string text in settings.Send ?? [])
                {
                    await SendAsync(Encoding.UTF8.GetBytes(text), "--send");
                }

                return;
            }

            long number = 0;
            await foreach (var line in InputLines.ReadAsync(StandardStreams.Input()))
            {
                await SendAsync(line, $"Line {++number} of the input");
            }
        }
        catch (WebSocketClosedException)
        {
            // Said by the connection's result.
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> payload, string what)
    {
        if (!settings.IsBinary && !System.Text.Unicode.Utf8.IsValid(payload.Span))
        {
            throw ProgramException.Failed($"{what} is not valid UTF-8, so it cannot be a text message: use --binary.");
        }

        await connection.SendAsync(payload, settings.IsBinary ? MessageType.Binary : MessageType.Text);
    }

    private async Task PingAsync()
    {
        try
        {
            var trip = await connection.PingAsync();
            Notes.Write($"pong after {Notes.Milliseconds(trip)}");
        }
        catch (WebSocketClosedException)
        {
            Notes.Write("no pong before the end");
        }
    }

    /// <summary>Completes when the input is sent and what was to be waited for has come, or will not be waited for any longer.</summary>
    private async Task FinishAsync(Task sending, Task pinging)
    {
        await sending;
        var wait = settings.Wait ?? (settings.Echo ? Timeout.InfiniteTimeSpan : s_defaultWait);
        await Task.WhenAny(Task.WhenAll(_counted.Task, pinging), Task.Delay(wait));
    }
}
