using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;

namespace Sockeye.Connections;

/// <summary>Writes the frames of 2010: whole text messages, and the closing frame where there is one.</summary>
internal static class EarlyFrames
{
    /// <summary>Appends a frame, payload copied.</summary>
    public static void Append(ref SegmentQueue queue, FramingKind framing, byte firstByte, ReadOnlySpan<byte> payload)
    {
        if (firstByte == HybiFraming.FirstByte(Opcode.Close, fin: true))
        {
            queue.AppendRaw(framing == FramingKind.Sentinel ? SentinelFraming.Close : TypeLengthFraming.Close);
            return;
        }

        AppendHead(ref queue, framing, payload.Length);
        queue.AppendRaw(payload);
        AppendTail(ref queue, framing);
    }

    /// <summary>Appends a frame whose payload stays the sender's, who waits.</summary>
    public static void AppendBorrowed(ref SegmentQueue queue, FramingKind framing, ReadOnlyMemory<byte> payload, SendWaiter waiter)
    {
        AppendHead(ref queue, framing, payload.Length);
        queue.AppendBorrowed(payload, 0, waiter);
        AppendTail(ref queue, framing);
    }

    private static void AppendHead(ref SegmentQueue queue, FramingKind framing, long length)
    {
        Span<byte> head = stackalloc byte[FrameHeader.MaxSize];
        int size = framing == FramingKind.Sentinel ? SentinelFraming.WriteHead(head) : TypeLengthFraming.WriteHead(head, length);
        queue.AppendRaw(head[..size]);
    }

    private static void AppendTail(ref SegmentQueue queue, FramingKind framing)
    {
        if (framing == FramingKind.Sentinel)
        {
            queue.AppendRaw(SentinelFraming.Tail);
        }
    }
}
