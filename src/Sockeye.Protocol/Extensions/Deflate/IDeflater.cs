namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>A compressor of raw DEFLATE data (RFC 1951). For one thread at a time.</summary>
internal interface IDeflater : IDisposable
{
    /// <summary>
    /// Compresses all of the input and ends on a byte boundary with an empty stored block. If the output was filled there is more:
    /// call again, without input.
    /// </summary>
    /// <param name="input">What to compress; used up as far as the output has room.</param>
    /// <param name="output">Not empty.</param>
    /// <param name="forget">Whether what follows must not refer to anything so far.</param>
    /// <returns>How many bytes were written.</returns>
    int Deflate(ref ReadOnlySpan<byte> input, scoped Span<byte> output, bool forget);
}
