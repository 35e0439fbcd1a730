namespace Sockeye;

/// <summary>Where the application's code runs for a connection on an event loop (<see cref="ServerTransport.Epoll"/>).</summary>
/// <remarks>
/// It concerns a <see cref="WebSocketHandler"/>, the start of an async handler, and what follows an awaited <see cref="WebSocketConnection.ReceiveAsync"/>,
/// <see cref="WebSocketConnection.ReceivePieceAsync"/> or <c>await foreach</c> in an async handler, up to its next await that has to wait.
/// Everything else an async handler awaits resumes on the thread pool.
/// </remarks>
public enum HandlerDispatch
{
    /// <summary>On the loop; a connection whose handler holds the loop up again and again is moved to the thread pool.</summary>
    Automatic,

    /// <summary>On the loop. One that blocks is still noticed, and the loop goes on with another thread.</summary>
    Inline,

    /// <summary>On the thread pool: for handlers that compute or block as a rule.</summary>
    ThreadPool,
}
