namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>How far a decompressor came.</summary>
internal enum InflateStatus
{
    /// <summary>It goes on with more input, or more room.</summary>
    GoesOn,

    /// <summary>The block marked as the last one has ended; the decompressor must be reset to go on.</summary>
    Ended,

    /// <summary>The input is no DEFLATE data.</summary>
    Corrupt,
}
