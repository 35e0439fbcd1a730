using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;

namespace Sockeye.Connections;

/// <summary>Brings messages into the form that the outbox takes: frames with bytes that live long enough.</summary>
internal sealed class Sender(ConnectionCore core)
{
    private static readonly Encoding s_utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Sends a frame; its payload is the caller's until the task completes.</summary>
    public ValueTask SendAsync(
        Opcode opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken, object? turn = null, bool fin = true)
    {
        Check(opcode);
        if (payload.Length > 0 && WebSocketMessage.BufferOf(payload, out int start) is { } received)
        {
            // The kernel may still read it when a later receive releases the message; a throw in its thread would end the process.
            return SendKeptAsync(opcode, received, received.Memory.Slice(start, payload.Length), turn, fin, cancellationToken);
        }

        var sent = core.Outbox.SendAsync(HybiFraming.FirstByte(opcode, fin), payload, turn, fin, cancellationToken);
        Telemetry.SentPiece(payload.Length, fin);
        return sent;
    }

    /// <summary>Sends a payload that was made for it: the memory goes back when it is no longer needed.</summary>
    public ValueTask SendOwnedAsync(
        Opcode opcode, byte[] rented, int length, CancellationToken cancellationToken, object? turn = null, bool fin = true)
    {
        ValueTask sent;
        try
        {
            sent = SendAsync(opcode, rented.AsMemory(0, length), cancellationToken, turn, fin);
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
            return SendAsync((Opcode)type, default(ReadOnlyMemory<byte>), cancellationToken);
        }

        if (!cancellationToken.IsCancellationRequested && core.Outbox.TrySendSmall(HybiFraming.FirstByte((Opcode)type, true), buffer.Span))
        {
            Telemetry.SentPiece(buffer.Length, true);
            return default;
        }

        return SendKeptAsync((Opcode)type, buffer, buffer.Memory, null, true, cancellationToken);
    }

    private ValueTask SendKeptAsync(
        Opcode opcode, MessageBuffer buffer, ReadOnlyMemory<byte> payload, object? turn, bool fin, CancellationToken cancellationToken)
    {
        buffer.Retain();
        ValueTask sent;
        try
        {
            sent = SendAsync(opcode, payload, cancellationToken, turn, fin);
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

    public bool TrySend(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        Check(opcode);
        bool sent = core.Outbox.TrySend(HybiFraming.FirstByte(opcode, true), payload);
        if (sent)
        {
            Telemetry.SentPiece(payload.Length, true);
        }

        return sent;
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
        if (type == MessageType.Text && !IsReceivedText(payload) && !Utf8.IsValid(payload))
        {
            throw new ArgumentException("The payload of a text message must be valid UTF-8. Send other bytes as MessageType.Binary.", nameof(payload));
        }
    }

    public static void CheckType(MessageType type)
    {
        if (type is not (MessageType.Text or MessageType.Binary))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "A message is text or binary. To close, call CloseAsync.");
        }
    }

    // A large text that a handler sends on as it came was looked at when it came.
    private static bool IsReceivedText(ReadOnlySpan<byte> payload) =>
        payload.Length > 4096 && MessageBuffer.Handed is { Type: MessageType.Text } handed && handed.Span == payload;

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
