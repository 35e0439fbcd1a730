using System.Buffers;
using System.Collections.Concurrent;

namespace Sockeye.Connections;

/// <summary>
/// The bytes of one received message. Objects and arrays are used again; the version, which changes with every release,
/// tells a message that came too late.
/// </summary>
internal sealed class MessageBuffer
{
    private const int PooledObjects = 1024;
    private const int FirstBytes = 256;

    /// <summary>A declared length is believed once this share of it has arrived: 1 in 16.</summary>
    private const int BelieveShare = 16;

    private static readonly ConcurrentQueue<MessageBuffer> s_pool = new();
    private static int s_pooled;
    private static int s_outstanding;

    private byte[] _array = [];
    private int _users;

    /// <summary>Fills returned arrays, so that a test sees a message that was used too late.</summary>
    public static bool Poison { get; set; }

    /// <summary>Buffers that are rented and not returned: tests look for leaks.</summary>
    public static int Outstanding => Volatile.Read(ref s_outstanding);

    public int Version { get; private set; }

    public int Length { get; private set; }

    public MessageType Type { get; private set; }

    /// <summary>Whether the message, or this piece of it, is the last of its message.</summary>
    public bool EndOfMessage { get; set; }

    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    public static MessageBuffer Rent(MessageType type)
    {
        if (s_pool.TryDequeue(out var buffer))
        {
            Interlocked.Decrement(ref s_pooled);
        }
        else
        {
            buffer = new MessageBuffer();
        }

        Interlocked.Increment(ref s_outstanding);
        (buffer.Type, buffer.Length, buffer.EndOfMessage, buffer._users) = (type, 0, true, 1);
        return buffer;
    }

    /// <summary>Adds bytes. The array grows by what has arrived, never by what was only declared.</summary>
    /// <param name="bytes">What arrived.</param>
    /// <param name="frameBytesLeft">What the frame says is still to come.</param>
    public void Append(ReadOnlySpan<byte> bytes, long frameBytesLeft)
    {
        int needed = Length + bytes.Length;
        if (needed > _array.Length)
        {
            Grow(needed, frameBytesLeft);
        }

        bytes.CopyTo(_array.AsSpan(Length));
        Length = needed;
    }

    /// <summary>One more user, who will call <see cref="Release"/> too: a send that still reads the bytes.</summary>
    public void Retain() => Interlocked.Increment(ref _users);

    /// <summary>Makes every message struct that points here invalid, while other users may still read.</summary>
    public void Invalidate() => Version++;

    /// <summary>One user less; the last one returns the memory.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) > 0)
        {
            return;
        }

        Version++;
        ReturnArray(_array);
        _array = [];
        Length = 0;
        Interlocked.Decrement(ref s_outstanding);
        if (Interlocked.Increment(ref s_pooled) <= PooledObjects)
        {
            s_pool.Enqueue(this);
        }
        else
        {
            Interlocked.Decrement(ref s_pooled);
        }
    }

    private void Grow(int needed, long frameBytesLeft)
    {
        long declared = needed + frameBytesLeft;
        long size = declared <= FirstBytes || needed >= declared / BelieveShare
            ? declared
            : Math.Max(needed * 2L, FirstBytes);
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, Array.MaxLength));
        Span.CopyTo(larger);
        ReturnArray(_array);
        _array = larger;
    }

    private static void ReturnArray(byte[] array)
    {
        if (array.Length == 0)
        {
            return;
        }

        if (Poison)
        {
            array.AsSpan().Fill(0xDD);
        }

        ArrayPool<byte>.Shared.Return(array);
    }
}
