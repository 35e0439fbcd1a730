using System.Buffers;
using System.Runtime.InteropServices;

namespace Sockeye.Connections;

/// <summary>A message's bytes, taken out of the connection's hands.</summary>
internal sealed class KeptMessage : IMemoryOwner<byte>
{
    private MessageBuffer? _buffer;

    private KeptMessage(MessageBuffer buffer) => _buffer = buffer;

    public Memory<byte> Memory =>
        MemoryMarshal.AsMemory((_buffer ?? throw new ObjectDisposedException(nameof(IMemoryOwner<byte>))).Memory);

    public static KeptMessage Take(MessageBuffer buffer)
    {
        // The connection releases its share at the next receive; this share keeps the bytes until they are disposed.
        buffer.Retain();
        return new KeptMessage(buffer);
    }

    public void Dispose() => Interlocked.Exchange(ref _buffer, null)?.Release();
}
