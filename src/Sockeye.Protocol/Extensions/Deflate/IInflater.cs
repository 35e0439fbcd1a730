namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>A decompressor of raw DEFLATE data (RFC 1951). For one thread at a time.</summary>
internal interface IInflater : IDisposable
{
    /// <summary>Decompresses as far as there is input and room.</summary>
    /// <param name="input">Used up as far as it was needed.</param>
    /// <param name="output">Not empty.</param>
    /// <param name="written">How many bytes were written, valid also when what follows them is corrupt.</param>
    InflateStatus Inflate(ref ReadOnlySpan<byte> input, scoped Span<byte> output, out int written);

    /// <summary>
    /// Takes the four bytes that a sender leaves away at the end of a message (RFC 7692 §7.2.1), when nothing is left to be written.
    /// False if they do not end an empty stored block: then the message is not all there, and nothing can follow.
    /// </summary>
    bool TryEndMessage();

    /// <summary>Begins anew, with an empty window.</summary>
    void Reset();
}
