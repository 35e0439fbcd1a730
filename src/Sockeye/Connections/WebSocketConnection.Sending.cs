using System.Buffers;
using Sockeye.Connections;
using Sockeye.Protocol.Frames;

namespace Sockeye;

public sealed partial class WebSocketConnection
{
    /// <summary>Sends a text message.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, MessageType, CancellationToken)"/>
    /// <param name="text">The text; unpaired surrogates are sent as U+FFFD.</param>
    /// <param name="cancellationToken">Withdraws the message if it is not yet under way.</param>
    public ValueTask SendAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (rented, length) = Sender.Encode(text);
        return Outgoing.SendOwnedAsync(Opcode.Text, rented, length, MessageFlags.None, cancellationToken);
    }

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, MessageType, CancellationToken)"/>
    /// <param name="payload">The bytes.</param>
    /// <param name="cancellationToken">Withdraws the message if it is not yet under way.</param>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default) =>
        Outgoing.SendAsync(Opcode.Binary, payload, MessageFlags.None, cancellationToken);

    /// <summary>Sends a message. Any number of threads may send at once; messages leave whole, in the order of the calls.</summary>
    /// <remarks>
    /// The task completes when the bytes are with the kernel or copied, and the backlog is under its mark
    /// (<see cref="WebSocketOptions.SendBacklogBytes"/>): the buffer is then the caller's again. That is the backpressure of a slow peer.
    /// A cancelled send is withdrawn if nothing of it is under way; else it finishes. Either way the connection stays usable.
    /// </remarks>
    /// <param name="payload">The bytes; of a text message, valid UTF-8.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="cancellationToken">Withdraws the message if it is not yet under way.</param>
    /// <exception cref="WebSocketClosedException">The connection is closing or closed.</exception>
    /// <exception cref="ArgumentException">A text's bytes are not valid UTF-8, or the type is no message's.</exception>
    /// <exception cref="OperationCanceledException">The message was withdrawn.</exception>
    /// <exception cref="NotSupportedException">The message is binary and the dialect has text only.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, MessageType type, CancellationToken cancellationToken = default) =>
        SendAsync(payload, type, MessageFlags.None, cancellationToken);

    /// <summary>Sends a message for which something special holds.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, MessageType, CancellationToken)"/>
    /// <param name="payload">The bytes; of a text message, valid UTF-8.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="flags">What holds for it.</param>
    /// <param name="cancellationToken">Withdraws the message if it is not yet under way.</param>
    public ValueTask SendAsync(
        ReadOnlyMemory<byte> payload, MessageType type, MessageFlags flags, CancellationToken cancellationToken = default)
    {
        Sender.CheckPayload(type, payload.Span);
        return Outgoing.SendAsync((Opcode)type, payload, flags, cancellationToken);
    }

    /// <summary>Sends a message whose bytes are scattered.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, MessageType, CancellationToken)"/>
    public ValueTask SendAsync(ReadOnlySequence<byte> payload, MessageType type, CancellationToken cancellationToken = default)
    {
        if (payload.IsSingleSegment)
        {
            return SendAsync(payload.First, type, cancellationToken);
        }

        int length = checked((int)payload.Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        payload.CopyTo(rented);
        try
        {
            Sender.CheckPayload(type, rented.AsSpan(0, length));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }

        return Outgoing.SendOwnedAsync((Opcode)type, rented, length, MessageFlags.None, cancellationToken);
    }

    /// <summary>Sends a received message as it is, here or on another connection, without copying it.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, MessageType, CancellationToken)"/>
    /// <param name="message">
    /// A message that is still alive. A piece of one (<see cref="ReceivePieceAsync"/>) is sent as a message of its own, if a text's is not cut within a
    /// character; for pieces as they come there is <see cref="StartMessage"/>.
    /// </param>
    /// <param name="cancellationToken">Withdraws the message if it is not yet under way.</param>
    public ValueTask SendAsync(WebSocketMessage message, CancellationToken cancellationToken = default)
    {
        Sender.CheckType(message.Type);
        return Outgoing.SendAsync(message.Buffer, message.Type, cancellationToken);
    }

    /// <summary>Sends a prepared message.</summary>
    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, MessageType, CancellationToken)"/>
    /// <param name="message">The message, which any number of connections may send.</param>
    /// <param name="cancellationToken">Withdraws the message if it is not yet under way.</param>
    public ValueTask SendAsync(PreparedMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Outgoing.SendAsync(message, cancellationToken);
    }

    /// <summary>Sends a text message if that needs no waiting, copying what must be queued.</summary>
    /// <param name="text">The text; unpaired surrogates are sent as U+FFFD.</param>
    /// <returns>
    /// Whether it was sent: false if the backlog is full, another's fragmented message is under way, or the connection is closing. Of a full backlog
    /// <see cref="WebSocketOptions.SlowPeer"/> is told: the message counts as dropped, or the connection is closed with 1008.
    /// </returns>
    public bool TrySend(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (rented, length) = Sender.Encode(text);
        try
        {
            return Outgoing.TrySend(Opcode.Text, rented.AsSpan(0, length), MessageFlags.None);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Sends a message if that needs no waiting, copying what must be queued.</summary>
    /// <param name="payload">The bytes; of a text message, valid UTF-8.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="flags">What holds for it.</param>
    /// <returns>
    /// Whether it was sent: false if the backlog is full, another's fragmented message is under way, or the connection is closing. Of a full backlog
    /// <see cref="WebSocketOptions.SlowPeer"/> is told: the message counts as dropped, or the connection is closed with 1008.
    /// </returns>
    /// <exception cref="ArgumentException">A text's bytes are not valid UTF-8, or the type is no message's.</exception>
    /// <exception cref="NotSupportedException">It is binary, and the dialect has text only.</exception>
    public bool TrySend(ReadOnlySpan<byte> payload, MessageType type, MessageFlags flags = MessageFlags.None)
    {
        Sender.CheckPayload(type, payload);
        return Outgoing.TrySend((Opcode)type, payload, flags);
    }

    /// <summary>Sends a prepared message if that needs no waiting, copying what must be queued.</summary>
    /// <param name="message">The message, which any number of connections may send.</param>
    /// <returns>
    /// Whether it was sent: false if the backlog is full, another's fragmented message is under way, or the connection is closing. Of a full backlog
    /// <see cref="WebSocketOptions.SlowPeer"/> is told: the message counts as dropped, or the connection is closed with 1008.
    /// </returns>
    /// <exception cref="NotSupportedException">It is binary, and the dialect has text only.</exception>
    public bool TrySend(PreparedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Outgoing.TrySend(message);
    }

    /// <summary>Begins a message that is sent in fragments.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="flags">What holds for it.</param>
    /// <exception cref="NotSupportedException">The dialect has no fragments, or none of that type.</exception>
    public MessageWriter StartMessage(MessageType type, MessageFlags flags = MessageFlags.None)
    {
        Sender.CheckType(type);
        _core.Dialect.Require(DialectTraits.Fragments, "fragments: send the message whole");
        return new MessageWriter(_core, Outgoing, type, flags);
    }
}
