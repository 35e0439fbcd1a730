using System.Diagnostics;
using Sockeye.Diagnostics;

namespace Sockeye.Server;

/// <summary>The application's handler at work on one connection, from its opening to its end.</summary>
internal sealed class HandlerRun(
    WebSocketConnection connection, Func<WebSocketConnection, Task> handler, Activity? activity, ConnectionRegistry registry)
    : IThreadPoolWorkItem
{
    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        // A span as long as the connection, in the trace of the request: what the handler does hangs below it.
        using var span = activity is null ? null : Telemetry.Activities.StartActivity("Sockeye.Connection", ActivityKind.Server, activity.Context);
        try
        {
            await handler(connection).ConfigureAwait(false);
        }
        catch (Exception) when (connection.State != ConnectionState.Open)
        {
            // It noticed the end of the connection in the middle of something: that is no fault.
        }
        catch (Exception e)
        {
            Log.HandlerFailed(connection.Core.Logger, connection.Id, e);
            connection.Core.Close(CloseCode.InternalError, "the handler failed");
        }

        await EndAsync(span).ConfigureAwait(false);
    }

    // By itself: what it needs is not kept for every connection while its handler runs.
    private async Task EndAsync(Activity? span)
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        span?.SetTag("sockeye.close.code", (int)(await connection.Closed.ConfigureAwait(false)).Code);
        registry.Left(connection.Core);
    }
}
