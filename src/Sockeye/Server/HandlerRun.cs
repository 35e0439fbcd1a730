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
        Activity.Current = activity; // spans of the handler belong to the trace of the request
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

        await connection.DisposeAsync().ConfigureAwait(false);
        registry.Left(connection);
    }
}
