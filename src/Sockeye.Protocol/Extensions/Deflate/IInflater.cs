namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>A decompressor of raw DEFLATE data (RFC 1951). For one thread at a time.</summary>
internal interface IInflater : IDisposable
{
    /// <summary>Decompresses as far as there is input and room.</summary>
    /// <param name="input">Used up as far as it was needed.</param>
    /// <param name="output">Not empty.</param>
    /// <param name="written">How many bytes were written, valid also when what follows them is corrupt.</param>
    InflateStatus Inflate(ref ReadOnlySpan<byte> input, scoped Span<byte> output, out int written);

    /// <summary>Whether the input so far ends between two blocks. A last question: unless it does, nothing can follow.</summary>
    bool IsBetweenBlocks();

    /// <summary>Begins anew, with an empty window.</summary>
    void Reset();
}
