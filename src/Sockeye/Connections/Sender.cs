using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;

namespace Sockeye.Connections;

/// <summary>Brings messages into the form that the outbox takes: frames with bytes that live long enough.</summary>
internal readonly struct Sender(ConnectionCore core)
{
    /// <summary>What is compressed at once of a payload that can wait.</summary>
    private const int DeflatedPiece = 256 * 1024;

    private static readonly Encoding s_utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Sends a whole message; its payload is the caller's until the task completes.</summary>
    public ValueTask SendAsync(Opcode opcode, ReadOnlyMemory<byte> payload, MessageFlags flags, CancellationToken cancellationToken) =>
        SendAsync(opcode, payload, null, true, Deflates(payload.Length, flags), cancellationToken);

    /// <summary>Sends a fragment of a message.</summary>
    public ValueTask SendFragmentAsync(
        Opcode opcode, ReadOnlyMemory<byte> fragment, object turn, bool fin, MessageFlags flags, CancellationToken cancellationToken) =>
        SendAsync(opcode, fragment, turn, fin, (flags & MessageFlags.DisableCompression) == 0, cancellationToken);

    /// <summary>Sends a payload that was made for it: the memory goes back when it is no longer needed.</summary>
    public ValueTask SendOwnedAsync(Opcode opcode, byte[] rented, int length, MessageFlags flags, CancellationToken cancellationToken)
    {
        ValueTask sent;
        try
        {
            sent = SendAsync(opcode, rented.AsMemory(0, length), flags, cancellationToken);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }

        if (sent.IsCompletedSuccessfully)
        {
            ArrayPool<byte>.Shared.Return(rented);
            return default;
        }

        return ReturnAfter(sent, rented);
    }

    /// <summary>Sends what a received message holds, which stays alive meanwhile.</summary>
    public ValueTask SendAsync(MessageBuffer? buffer, MessageType type, CancellationToken cancellationToken)
    {
        Check((Opcode)type);
        if (buffer is null)
        {
            return SendAsync((Opcode)type, default, MessageFlags.None, cancellationToken);
        }

        CheckPiece(buffer, type);
        bool deflate = Deflates(buffer.Length, MessageFlags.None);
        if (!cancellationToken.IsCancellationRequested
            && core.Outbox.TrySendSmall(HybiFraming.FirstByte((Opcode)type, true), buffer.Span, deflate))
        {
            Telemetry.SentPiece(buffer.Length, true);
            return default;
        }

        return SendKeptAsync((Opcode)type, buffer, buffer.Memory, null, true, deflate, cancellationToken);
    }

    /// <summary>Sends a prepared message in the form that this connection takes.</summary>
    public ValueTask SendAsync(PreparedMessage message, CancellationToken cancellationToken)
    {
        Check((Opcode)message.Type);
        byte[]? compressed = message.For(core.Outbox.Deflater);
        var sent = core.Outbox.SendAsync(
            FirstByte(message, compressed), compressed ?? message.Payload, false, null, true, cancellationToken, out bool taken);
        Sent(taken, message.Length);
        return sent;
    }

    public bool TrySend(PreparedMessage message)
    {
        Check((Opcode)message.Type);
        return TrySend(core.Outbox, message);
    }

    /// <summary>Sends a prepared message by a door alone, for those who have many: less of each connection is touched.</summary>
    public static bool TrySend(Outbox outbox, PreparedMessage message)
    {
        byte[]? compressed = message.For(outbox.Deflater);
        return Sent(outbox.TrySend(FirstByte(message, compressed), compressed ?? message.Payload.Span, deflate: false), message.Length);
    }

    public bool TrySend(Opcode opcode, ReadOnlySpan<byte> payload, MessageFlags flags)
    {
        Check(opcode);
        return Sent(core.Outbox.TrySend(HybiFraming.FirstByte(opcode, true), payload, Deflates(payload.Length, flags)), payload.Length);
    }

    private void Check(Opcode opcode)
    {
        if (opcode == Opcode.Binary)
        {
            core.Dialect.Require(DialectTraits.Binary, "binary messages: send text");
        }
    }

    /// <summary>Text as UTF-8, in rented memory; unpaired surrogates become U+FFFD.</summary>
    public static (byte[] Rented, int Length) Encode(string text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(s_utf8.GetMaxByteCount(text.Length));
        return (rented, s_utf8.GetBytes(text, rented));
    }

    /// <summary>Throws if this is not the payload of such a message.</summary>
    public static void CheckPayload(MessageType type, ReadOnlySpan<byte> payload)
    {
        CheckType(type);
        if (type == MessageType.Text && !(payload.Length >= Handed.Smallest && Handed.IsText(payload)) && !Utf8.IsValid(payload))
        {
            throw new ArgumentException("The payload of a text message must be valid UTF-8. Send other bytes as MessageType.Binary.", nameof(payload));
        }
    }

    // Messages were looked at when they came; of a piece nobody knows where it was cut (RFC 6455 §8.1).
    private static void CheckPiece(MessageBuffer buffer, MessageType type)
    {
        if (buffer.IsPiece && type == MessageType.Text && !Utf8.IsValid(buffer.Span))
        {
            throw new ArgumentException("This piece of a text is cut within a character. Send pieces as fragments of one message: see StartMessage.");
        }
    }

    public static void CheckType(MessageType type)
    {
        if (type is not (MessageType.Text or MessageType.Binary))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "A message is text or binary. To close, call CloseAsync.");
        }
    }

    private static byte FirstByte(PreparedMessage message, byte[]? compressed)
    {
        byte plain = HybiFraming.FirstByte((Opcode)message.Type, true);
        return compressed is null ? plain : (byte)(plain | HybiFraming.Compressed);
    }

    private bool Deflates(int length, MessageFlags flags) =>
        core.Outbox.Deflater is { } deflater && length >= deflater.Threshold && (flags & MessageFlags.DisableCompression) == 0;

    private ValueTask SendAsync(
        Opcode opcode, ReadOnlyMemory<byte> payload, object? turn, bool fin, bool deflate, CancellationToken cancellationToken)
    {
        Check(opcode);
        if (payload.Length > 0 && WebSocketMessage.BufferOf(payload, out int start) is { } received)
        {
            // The kernel may still read it when a later receive releases the message; a throw in its thread would end the process.
            return SendKeptAsync(
                opcode, received, received.Memory.Slice(start, payload.Length), turn, fin, deflate, cancellationToken);
        }

        if (deflate && payload.Length > DeflatedPiece && core.Outbox is { Waits: true, Deflater: not null })
        {
            return SendPiecesAsync(opcode, payload, turn ?? new object(), fin, cancellationToken);
        }

        var sent = core.Outbox.SendAsync(HybiFraming.FirstByte(opcode, fin), payload, deflate, turn, fin, cancellationToken, out bool taken);
        Sent(taken, payload.Length, fin);
        return sent;
    }

    /// <summary>
    /// What is compressed at once is held at once, with the door closed to others: a large payload is sent in fragments, which wait for room.
    /// </summary>
    private async ValueTask SendPiecesAsync(
        Opcode opcode, ReadOnlyMemory<byte> payload, object turn, bool fin, CancellationToken cancellationToken)
    {
        while (true)
        {
            var piece = payload[..Math.Min(payload.Length, DeflatedPiece)];
            payload = payload[piece.Length..];
            bool last = fin && payload.IsEmpty;
            var sent = core.Outbox.SendAsync(
                HybiFraming.FirstByte(opcode, last), piece, true, turn, last, cancellationToken, out bool taken);
            Sent(taken, piece.Length, last);
            await sent.ConfigureAwait(false);
            if (payload.IsEmpty)
            {
                return;
            }

            (opcode, cancellationToken) = (Opcode.Continuation, CancellationToken.None); // under way, it finishes
        }
    }

    private ValueTask SendKeptAsync(
        Opcode opcode, MessageBuffer buffer, ReadOnlyMemory<byte> payload, object? turn, bool fin, bool deflate, CancellationToken cancellationToken)
    {
        buffer.Retain();
        ValueTask sent;
        try
        {
            sent = SendAsync(opcode, payload, turn, fin, deflate, cancellationToken);
        }
        catch
        {
            buffer.Release();
            throw;
        }

        if (sent.IsCompletedSuccessfully)
        {
            buffer.Release();
            return default;
        }

        return ReleaseAfter(sent, buffer);
    }

    private static bool Sent(bool taken, int payload, bool fin = true)
    {
        if (taken)
        {
            Telemetry.SentPiece(payload, fin);
        }

        return taken;
    }

    private static async ValueTask ReturnAfter(ValueTask sent, byte[] rented)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static async ValueTask ReleaseAfter(ValueTask sent, MessageBuffer buffer)
    {
        try
        {
            await sent.ConfigureAwait(false);
        }
        finally
        {
            buffer.Release();
        }
    }
}
