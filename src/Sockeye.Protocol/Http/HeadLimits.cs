namespace Sockeye.Protocol.Http;

/// <summary>How large a head may be. Immutable.</summary>
internal sealed class HeadLimits
{
    /// <summary>The most a head can ever have, in bytes: its index holds 16-bit offsets.</summary>
    public const int Ceiling = ushort.MaxValue;

    public static readonly HeadLimits Default = new();

    /// <summary>Whatever a head can be: for those made here.</summary>
    public static readonly HeadLimits None = new(Ceiling, Ceiling, Ceiling);

    public HeadLimits(int headBytes = 32 * 1024, int fields = 128, int startLineBytes = 8 * 1024)
    {
        Check(headBytes, nameof(headBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(fields);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(startLineBytes);
        HeadBytes = headBytes;
        Fields = fields;
        StartLineBytes = Math.Min(startLineBytes, headBytes);
    }

    /// <summary>Throws if a head cannot have so many bytes.</summary>
    public static void Check(int headBytes, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(headBytes, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(headBytes, Ceiling, name);
    }

    /// <summary>Bytes of the whole head, its last empty line included.</summary>
    public int HeadBytes { get; }

    /// <summary>Header fields.</summary>
    public int Fields { get; }

    /// <summary>Bytes of the request or status line, its CRLF included; never above <see cref="HeadBytes"/>.</summary>
    public int StartLineBytes { get; }
}
