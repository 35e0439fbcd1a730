using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Sockeye.Connections;

namespace Sockeye;

/// <summary>
/// A received message, or the news that the connection is closed (<see cref="IsClose"/>).
/// </summary>
/// <remarks>
/// The bytes live until the next receive on the same connection; touching them later throws <see cref="InvalidOperationException"/>,
/// and never shows another message. Take them along with <see cref="ToArray"/>, <see cref="ToString"/> or <see cref="Keep"/>.
/// A span or memory that was taken out before must not be used after the next receive. Use by one thread at a time.
/// </remarks>
public readonly struct WebSocketMessage : IEquatable<WebSocketMessage>
{
    private readonly MessageBuffer? _buffer;
    private readonly int _version;

    internal WebSocketMessage(MessageBuffer buffer)
    {
        _buffer = buffer;
        _version = buffer.Version;
        Type = buffer.Type;
        EndOfMessage = buffer.EndOfMessage;
    }

    private WebSocketMessage(MessageType type) => (Type, EndOfMessage) = (type, true);

    /// <summary>Text, binary, or <see cref="MessageType.Close"/> for the end of the connection.</summary>
    public MessageType Type { get; }

    /// <summary>Whether the message ends here: always, but for pieces (<see cref="WebSocketConnection.ReceivePieceAsync"/>).</summary>
    public bool EndOfMessage { get; }

    /// <summary>Whether this is no message but the news that the connection is closed: see <see cref="WebSocketConnection.Closed"/>.</summary>
    public bool IsClose => Type == MessageType.Close;

    /// <summary>The payload's length in bytes.</summary>
    /// <exception cref="InvalidOperationException">A later receive has released the message.</exception>
    public int Length => _buffer is null ? 0 : Live.Length;

    /// <summary>The payload.</summary>
    /// <exception cref="InvalidOperationException">A later receive has released the message.</exception>
    public ReadOnlySpan<byte> Span => _buffer is null ? default : Live.Span;

    /// <summary>The payload, for calls that need memory. It keeps watch over the release of the message, which costs a small allocation.</summary>
    /// <exception cref="InvalidOperationException">A later receive has released the message; also thrown when the memory is used then.</exception>
    public ReadOnlyMemory<byte> Memory => _buffer is null ? default : new WatchedMemory(Live, _version).Memory;

    internal static WebSocketMessage Closed => new(MessageType.Close);

    internal MessageBuffer? Buffer => _buffer is null ? null : Live;

    /// <summary>The buffer behind memory that came from <see cref="Memory"/>, or null, and where in it the memory begins.</summary>
    internal static MessageBuffer? BufferOf(ReadOnlyMemory<byte> memory, out int start) =>
        MemoryMarshal.TryGetMemoryManager<byte, WatchedMemory>(memory, out var watched, out start, out _) ? watched.Buffer : null;

    private MessageBuffer Live => _buffer!.Version == _version ? _buffer : throw Released();

    /// <summary>Compares two values: whether they are the same received message.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Another.</param>
    public static bool operator ==(WebSocketMessage left, WebSocketMessage right) => left.Equals(right);

    /// <summary>Compares two values: whether they are not the same received message.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Another.</param>
    public static bool operator !=(WebSocketMessage left, WebSocketMessage right) => !left.Equals(right);

    /// <summary>A copy of the payload.</summary>
    /// <exception cref="InvalidOperationException">A later receive has released the message.</exception>
    public byte[] ToArray() => Span.ToArray();

    /// <summary>The payload of a text message as a string; for binary the bytes are read as UTF-8.</summary>
    /// <exception cref="InvalidOperationException">A later receive has released the message.</exception>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <summary>
    /// Takes the payload out of the connection's hands without copying it: it then lives until it is disposed.
    /// </summary>
    /// <exception cref="InvalidOperationException">The message was released, or is the news of the end.</exception>
    public IMemoryOwner<byte> Keep()
    {
        if (_buffer is null)
        {
            throw new InvalidOperationException("There are no bytes to keep: the connection is closed.");
        }

        return KeptMessage.Take(Live);
    }

    /// <inheritdoc/>
    public bool Equals(WebSocketMessage other) =>
        ReferenceEquals(_buffer, other._buffer) && _version == other._version && Type == other.Type;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WebSocketMessage other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_buffer, _version, Type);

    private static InvalidOperationException Released() => new(
        "The message was released by a later receive on its connection. Use its bytes before, or take them along with Keep() or ToArray().");

    private sealed class WatchedMemory(MessageBuffer buffer, int version) : MemoryManager<byte>
    {
        public MessageBuffer Buffer => buffer.Version == version ? buffer : throw Released();

        public override Memory<byte> Memory => CreateMemory(buffer.Length);

        public override Span<byte> GetSpan() =>
            buffer.Version == version ? MemoryMarshal.AsMemory(buffer.Memory).Span : throw Released();

        public override MemoryHandle Pin(int elementIndex = 0) =>
            buffer.Version == version ? buffer.Memory[elementIndex..].Pin() : throw Released();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
