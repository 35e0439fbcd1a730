namespace Sockeye.Cli.Benching;

/// <summary>What is done with all that comes on one connection, by one thread at a time.</summary>
internal interface IReceiver
{
    /// <param name="message">Lives until this returns.</param>
    /// <param name="now">When it came, in ticks of Stopwatch.</param>
    void Received(WebSocketMessage message, long now);

    /// <summary>Nothing comes any more.</summary>
    void Ended();
}
