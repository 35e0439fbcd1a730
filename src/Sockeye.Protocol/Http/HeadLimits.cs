namespace Sockeye.Protocol.Http;

/// <summary>How large a head may be. Immutable.</summary>
internal sealed class HeadLimits
{
    /// <summary>The most a head can ever have, in bytes: its index holds 16-bit offsets.</summary>
    public const int Ceiling = ushort.MaxValue;

    public static readonly HeadLimits Default = new();

    public HeadLimits(int headBytes = 32 * 1024, int fields = 128, int startLineBytes = 8 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(headBytes, Ceiling);
        ArgumentOutOfRangeException.ThrowIfNegative(fields);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(startLineBytes);
        HeadBytes = headBytes;
        Fields = fields;
        StartLineBytes = Math.Min(startLineBytes, headBytes);
    }

    /// <summary>Bytes of the whole head, its last empty line included.</summary>
    public int HeadBytes { get; }

    /// <summary>Header fields.</summary>
    public int Fields { get; }

    /// <summary>Bytes of the request or status line, its CRLF included; never above <see cref="HeadBytes"/>.</summary>
    public int StartLineBytes { get; }
}
