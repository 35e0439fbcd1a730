namespace Sockeye.Protocol.Frames;

/// <summary>What one message may cost, checked before memory is taken.</summary>
/// <param name="MaxMessageBytes">Payload bytes of a whole message.</param>
/// <param name="MaxFrameBytes">Payload bytes of one frame.</param>
/// <param name="MaxFragments">Frames of one message.</param>
internal readonly record struct MessageLimits(long MaxMessageBytes, long MaxFrameBytes, int MaxFragments)
{
    public static readonly MessageLimits Default = new(1 << 20, long.MaxValue, 1024);
}
