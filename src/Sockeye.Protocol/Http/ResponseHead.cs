using Sockeye.Protocol.Http;

namespace Sockeye;

/// <summary>The head of an HTTP response: what a server answered. Immutable; any number of threads may read it.</summary>
public sealed class ResponseHead : HttpHead
{
    private readonly ushort _statusCode;
    private readonly ushort _reasonStart;
    private readonly ushort _reasonLength;

    internal ResponseHead(byte[] packed, int textLength, HeadScanner scanner) : base(packed, textLength, scanner)
    {
        _statusCode = (ushort)scanner.StatusCode;
        _reasonStart = (ushort)scanner.ReasonPhrase.Start;
        _reasonLength = (ushort)scanner.ReasonPhrase.Length;
    }

    /// <summary>The status, 100 to 999: 101 for every WebSocket.</summary>
    public int StatusCode => _statusCode;

    /// <summary>The words behind the status, for humans; "" when there are none.</summary>
    public string ReasonPhrase => Decode(Text.Slice(_reasonStart, _reasonLength));
}
