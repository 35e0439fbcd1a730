using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sockeye.Connections;

/// <summary>
/// The bytes of one received message. Objects and arrays are used again; the version, which changes with every release,
/// tells a message that came too late.
/// </summary>
internal sealed class MessageBuffer
{
    private const int PooledObjects = 1024;
    private const int PooledByThread = 64;
    private const int FirstBytes = 256;

    /// <summary>A pooled object keeps an array up to this size.</summary>
    private const int KeptBytes = 4096;

    /// <summary>Less than this is not worth a read of its own.</summary>
    private const int SmallestRoom = 16 * 1024;

    /// <summary>A declared length is believed once this share of it has arrived: 1 in 16.</summary>
    public const int BelieveShare = 16;

    private static readonly ConcurrentQueue<MessageBuffer> s_pool = new();
    private static int s_pooled;
    private static int s_outstanding;

    // Most messages are released on the thread that received them: for those no other thread need be asked.
    [ThreadStatic]
    private static Stack<MessageBuffer>? t_pool;

    private byte[] _array = [];
    private int _users;

    /// <summary>Fills returned arrays, so that a test sees a message that was used too late, and counts the buffers that are out.</summary>
    public static bool Poison { get; set; }

    /// <summary>Buffers that are rented and not returned, counted while <see cref="Poison"/> is set: tests look for leaks.</summary>
    public static int Outstanding => Volatile.Read(ref s_outstanding);

    public int Version { get; private set; }

    public int Length { get; private set; }

    public MessageType Type { get; private set; }

    /// <summary>Whether the message, or this piece of it, is the last of its message.</summary>
    public bool EndOfMessage { get; set; }

    /// <summary>Whether it was cut from a message: of text, it may begin or end within a character.</summary>
    public bool IsPiece { get; set; }

    /// <summary>The message behind it in a queue.</summary>
    public MessageBuffer? Next { get; set; }

    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    public static MessageBuffer Rent(MessageType type)
    {
        if (!(t_pool ??= new Stack<MessageBuffer>(PooledByThread)).TryPop(out var buffer))
        {
            if (s_pool.TryDequeue(out buffer))
            {
                Interlocked.Decrement(ref s_pooled);
            }
            else
            {
                buffer = new MessageBuffer();
            }
        }

        if (Poison)
        {
            Interlocked.Increment(ref s_outstanding);
        }

        (buffer.Type, buffer.Length, buffer.EndOfMessage, buffer.IsPiece, buffer._users) = (type, 0, true, false, 1);
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

        if (!InPlace(bytes))
        {
            bytes.CopyTo(_array.AsSpan(Length));
        }

        Length = needed;
    }

    /// <summary>
    /// Where the next bytes of the message may be read to, without a copy: room for what the frame still has to bring, or none if that is
    /// little. Whoever reads there is a user meanwhile.
    /// </summary>
    public Span<byte> Room(long frameBytesLeft)
    {
        long room = Math.Min(frameBytesLeft, _array.Length - Length);
        return room < SmallestRoom ? default : _array.AsSpan(Length, (int)room);
    }

    /// <summary>The memory behind these bytes, if they are the buffer's own.</summary>
    public bool TryFind(ReadOnlySpan<byte> bytes, out ReadOnlyMemory<byte> memory)
    {
        nint offset = Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(_array), ref MemoryMarshal.GetReference(bytes));
        bool own = offset >= 0 && offset + bytes.Length <= Length;
        memory = own ? _array.AsMemory((int)offset, bytes.Length) : default;
        return own;
    }

    /// <summary>One more user, who will call <see cref="Release"/> too: a send that still reads the bytes.</summary>
    public void Retain() => Interlocked.Increment(ref _users);

    /// <summary>Makes every message struct that points here invalid, while other users may still read.</summary>
    public void Invalidate() => Version++;

    /// <summary>Leaves the memory to whoever holds the message, and to the garbage collector after that.</summary>
    public void GiveAway()
    {
        Retain(); // a share that is never returned
        if (Poison)
        {
            Interlocked.Decrement(ref s_outstanding);
        }
    }

    /// <summary>One user less; the last one returns the memory.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) > 0)
        {
            return;
        }

        Version++;
        Length = 0;
        if (Poison)
        {
            Interlocked.Decrement(ref s_outstanding);
        }

        if (Poison || _array.Length > KeptBytes)
        {
            ReturnArray(_array);
            _array = [];
        }

        var mine = t_pool ??= new Stack<MessageBuffer>(PooledByThread);
        if (mine.Count < PooledByThread)
        {
            mine.Push(this);
        }
        else if (Interlocked.Increment(ref s_pooled) <= PooledObjects)
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

    private bool InPlace(ReadOnlySpan<byte> bytes) =>
        Unsafe.AreSame(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), Length), ref MemoryMarshal.GetReference(bytes));

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
