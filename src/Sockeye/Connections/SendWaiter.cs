namespace Sockeye.Connections;

/// <summary>A send that could not go at once: it waits for its turn, for room, or for the link to take a borrowed payload.</summary>
internal sealed class SendWaiter(byte firstByte, ReadOnlyMemory<byte> payload, bool deflate, object? turn, bool endsTurn)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public byte FirstByte => firstByte;

    public ReadOnlyMemory<byte> Payload => payload;

    /// <summary>Whether the payload is compressed when its turn comes.</summary>
    public bool Deflate => deflate;

    /// <summary>The fragmented message that the frame belongs to, if any.</summary>
    public object? Turn => turn;

    /// <summary>Whether the fragmented message ends with the frame.</summary>
    public bool EndsTurn => endsTurn;

    /// <summary>Whether the frame is on its way: it can no longer be withdrawn.</summary>
    public bool IsStarted { get; set; }
}
