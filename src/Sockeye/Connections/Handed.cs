using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sockeye.Connections;

/// <summary>
/// The large message that a handler on this thread is looking at. What the handler sends on of it need not be looked at again,
/// nor be copied, nor even be put behind a head that lies elsewhere. It is told by its address, so it is pinned meanwhile.
/// </summary>
internal unsafe struct Handed
{
    /// <summary>For less than this it is not worth the trouble.</summary>
    public const int Smallest = 1024;

    [ThreadStatic]
    private static Handed t_current;

    private readonly byte* _start;
    private readonly int _length;
    private readonly MessageType _type;
    private readonly bool _headInFront;
    private readonly MessageBuffer? _buffer;

    /// <param name="start">The pinned payload.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="type">Its type: text was looked at when it came.</param>
    /// <param name="headInFront">Whether the masked head that it came with lies in front of it, and is nobody's any more.</param>
    /// <param name="buffer">Whose bytes they are, if others may keep them.</param>
    public Handed(byte* start, int length, MessageType type, bool headInFront, MessageBuffer? buffer)
    {
        _start = start;
        (_length, _type, _headInFront, _buffer) = (length, type, headInFront, buffer);
    }

    public static ref Handed Current => ref t_current;

    /// <summary>Whether this is the whole message that the handler looks at, and text.</summary>
    public static bool IsText(ReadOnlySpan<byte> payload) => t_current is { _type: MessageType.Text } handed && handed.Is(payload);

    /// <summary>
    /// The payload with room for a server's head in front of it, if there is such room: the head that it came with was longer, by its mask.
    /// </summary>
    /// <param name="payload">What is sent.</param>
    /// <param name="head">The bytes of the head that a server sends it with.</param>
    /// <param name="frame">Room for the head, and the payload.</param>
    public static bool TryFindFrame(ReadOnlySpan<byte> payload, int head, out Span<byte> frame)
    {
        bool found = t_current._headInFront && t_current.Is(payload);
        frame = found ? new Span<byte>(t_current._start - head, head + payload.Length) : default;
        return found;
    }

    /// <summary>Where these bytes are kept, if the message's memory may be kept: then the answer's buffer is to be retained.</summary>
    public static MessageBuffer? TryFindBuffer(ReadOnlySpan<byte> bytes, out ReadOnlyMemory<byte> memory)
    {
        memory = default;
        return t_current._buffer is { } buffer && buffer.TryFind(bytes, out memory) ? buffer : null;
    }

    private readonly bool Is(ReadOnlySpan<byte> payload) =>
        payload.Length == _length && Unsafe.AsPointer(ref MemoryMarshal.GetReference(payload)) == _start;
}
