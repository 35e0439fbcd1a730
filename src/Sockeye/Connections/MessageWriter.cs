using Sockeye.Connections;
using Sockeye.Protocol.Text;

namespace Sockeye;

/// <summary>
/// Sends one message in fragments, as its parts become known (RFC 6455 §5.4). From the first fragment to the last no other message
/// leaves on the connection; control frames do. For one thread at a time.
/// </summary>
public sealed class MessageWriter : IAsyncDisposable
{
    private readonly ConnectionCore _core;
    private readonly Sender _sender;
    private readonly MessageType _type;
    private readonly MessageFlags _flags;
    private Utf8Validator _utf8;
    private bool _begun;
    private bool _completed;

    internal MessageWriter(ConnectionCore core, Sender sender, MessageType type, MessageFlags flags) =>
        (_core, _sender, _type, _flags) = (core, sender, type, flags);

    /// <summary>Sends a fragment; the message goes on. The buffer is the caller's again when the task completes.</summary>
    /// <param name="fragment">The bytes; of a text message, UTF-8 that may be cut within a character.</param>
    /// <param name="cancellationToken">Withdraws the fragment if it is not yet under way; the message can go on.</param>
    /// <exception cref="ArgumentException">The text so far is not valid UTF-8.</exception>
    /// <exception cref="InvalidOperationException">The message is complete.</exception>
    /// <exception cref="WebSocketClosedException">The connection is closing or closed.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> fragment, CancellationToken cancellationToken = default) =>
        SendAsync(fragment, end: false, cancellationToken);

    /// <summary>Sends the last fragment.</summary>
    /// <param name="fragment">The bytes; none by default.</param>
    /// <param name="cancellationToken">Withdraws the fragment if it is not yet under way; the message is then still unfinished.</param>
    /// <exception cref="ArgumentException">The text is not valid UTF-8, or ends within a character.</exception>
    /// <exception cref="InvalidOperationException">The message is complete.</exception>
    /// <exception cref="WebSocketClosedException">The connection is closing or closed.</exception>
    public ValueTask CompleteAsync(ReadOnlyMemory<byte> fragment = default, CancellationToken cancellationToken = default) =>
        SendAsync(fragment, end: true, cancellationToken);

    /// <summary>
    /// Gives the turn back. A message that was begun and not completed cannot be taken back, and its end would be a lie:
    /// the connection is closed with 1011.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        if (_begun && !_completed)
        {
            _completed = true;
            _core.Close(CloseCode.InternalError, "a message was begun and given up");
        }

        return default;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> fragment, bool end, CancellationToken cancellationToken)
    {
        if (_completed)
        {
            throw new InvalidOperationException("The message is complete. Begin another with StartMessage.");
        }

        var utf8 = _utf8;
        if (_type == MessageType.Text && (utf8.Validate(fragment.Span) >= 0 || (end && !utf8.IsComplete)))
        {
            throw new ArgumentException("The fragments of a text message must together be valid UTF-8.", nameof(fragment));
        }

        var opcode = _begun ? Opcode.Continuation : (Opcode)_type;
        await _sender.SendFragmentAsync(opcode, fragment, this, end, _flags, cancellationToken).ConfigureAwait(false);
        (_utf8, _begun, _completed) = (utf8, true, end);
    }
}
