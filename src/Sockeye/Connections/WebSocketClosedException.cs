namespace Sockeye;

/// <summary>A send on a connection that is closing or closed. Nothing of the message was sent, unless it was already under way.</summary>
public sealed class WebSocketClosedException : IOException
{
    /// <summary>Makes one that says how to find out more.</summary>
    public WebSocketClosedException()
        : base("The WebSocket connection is closing or closed: nothing more can be sent. Await its Closed task for the code and the reason.")
    {
    }

    /// <summary>Makes one with a message.</summary>
    /// <param name="message">What happened.</param>
    public WebSocketClosedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">Why.</param>
    public WebSocketClosedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
