namespace Sockeye.Protocol.Frames;

/// <summary>What one message may cost, checked before memory is taken.</summary>
/// <param name="MaxMessageBytes">Payload bytes of a whole message.</param>
/// <param name="MaxFrameBytes">Payload bytes of one frame.</param>
/// <param name="MaxFragments">Frames of one message.</param>
/// <param name="MaxExpansionRatio">Bytes that may come of one compressed byte, beyond <see cref="FreeExpansion"/>; null if only the message counts.</param>
internal sealed record MessageLimits(long MaxMessageBytes, long MaxFrameBytes, int MaxFragments, int? MaxExpansionRatio = null)
{
    /// <summary>Inflated bytes of a message up to which the ratio does not count.</summary>
    public const long FreeExpansion = 64 * 1024;

    public static readonly MessageLimits Default = new(1 << 20, long.MaxValue, 1024);

    /// <summary>Payload bytes of a whole message while it is compressed: what compresses badly grows a little.</summary>
    public long MaxCompressedBytes => Math.Min(MaxMessageBytes, long.MaxValue / 2) / 8 * 9 + 1024;

    /// <summary>Bytes that may come of a compressed message of so many.</summary>
    public long MaxInflatedBytes(long compressed) => MaxExpansionRatio is { } ratio && compressed < (MaxMessageBytes - FreeExpansion) / ratio
        ? Math.Min(MaxMessageBytes, FreeExpansion + (compressed * ratio))
        : MaxMessageBytes;
}
