using System.Net;
using Sockeye.Connections;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Http;

namespace Sockeye;

/// <summary>
/// An open WebSocket connection, of either role. Any number of threads may send; one receive at a time.
/// Cancelling a send or a receive leaves the connection as it was. The end of the connection is a value, not an exception.
/// </summary>
/// <example>
/// <code>
/// await foreach (var message in connection)
///     await connection.SendAsync(message);
/// </code>
/// </example>
public sealed partial class WebSocketConnection : IAsyncEnumerable<WebSocketMessage>, IAsyncDisposable
{
    /// <summary>In place of a response: it is what the dialect says, with nothing of the application's in it.</summary>
    internal static readonly object StandardResponse = new();

    // Nothing was agreed on but the WebSocket itself, as with most connections of a server.
    private static readonly Agreement s_plain = new(null, null, null, StandardResponse);

    private readonly ConnectionCore _core;
    private Agreement? _agreed;
    private ControlFrameHandler? _handlers;

    internal WebSocketConnection(ConnectionCore core, RequestHead? request, object? response = null)
    {
        _core = core;
        core.Connection = this;
        Request = request;
        _agreed = response is null ? null : response == StandardResponse ? s_plain : new Agreement(null, null, null, response);
    }

    /// <summary>Sees pings, pongs and close frames as they arrive; they are answered without it.</summary>
    public event ControlFrameHandler? ControlFrameReceived
    {
        add
        {
            _handlers += value;
        }

        remove => _handlers -= value;
    }

    /// <summary>A number of its own within the process, as it stands in the log.</summary>
    public long Id => _core.Id;

    /// <summary>How far the connection has come.</summary>
    public ConnectionState State => _core.Session.State switch
    {
        ClosingState.Open => ConnectionState.Open,
        ClosingState.Ended => ConnectionState.Closed,
        _ => ConnectionState.Closing,
    };

    /// <summary>Completes when the link is gone, with how the connection ended. Never fails.</summary>
    public Task<CloseResult> Closed => _core.Closed;

    /// <summary>The subprotocol that was agreed on; null if none was.</summary>
    public string? SubProtocol
    {
        get => _agreed?.SubProtocol;
        internal init => _agreed = value is null ? _agreed : Agreed with { SubProtocol = value };
    }

    /// <summary>
    /// The extensions that were agreed on, as they stand in the response, such as <c>permessage-deflate; server_no_context_takeover</c>;
    /// null if none were.
    /// </summary>
    public string? Extensions
    {
        get => _agreed?.Extensions;
        internal init => _agreed = value is null ? _agreed : Agreed with { Extensions = value };
    }

    /// <summary>The dialect that is spoken.</summary>
    public WebSocketDialects Dialect => _core.Dialect.Name;

    /// <summary>What the dialect can do; what it lacks is refused with <see cref="NotSupportedException"/>.</summary>
    public DialectTraits Traits => _core.Dialect.Traits;

    /// <summary>The request head, as received by a server or sent by a client; null after <see cref="ReleaseHeads"/>.</summary>
    public RequestHead? Request { get; private set; }

    /// <summary>
    /// The eight bytes behind the request's head of a client that speaks hixie-76, which its draft calls key 3; empty in other dialects,
    /// at a client, and after <see cref="ReleaseHeads"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Key3
    {
        get => _agreed?.Key3;
        internal init => _agreed = value.IsEmpty ? _agreed : Agreed with { Key3 = value.ToArray() };
    }

    /// <summary>The response head, as sent by a server or received by a client; null after <see cref="ReleaseHeads"/>.</summary>
    public ResponseHead? Response => _agreed?.Response as ResponseHead ?? ReadResponse();

    /// <summary>The address of the other end, where it has one.</summary>
    public EndPoint? RemoteEndPoint => _core.Link.RemoteEndPoint;

    /// <summary>The address of this end, where it has one.</summary>
    public EndPoint? LocalEndPoint => _core.Link.LocalEndPoint;

    /// <summary>Whether the connection runs over TLS on this machine (a proxy in front may end TLS before).</summary>
    public bool IsSecure => _core.Link.IsSecure;

    /// <summary>Anything the application wants to keep with the connection.</summary>
    public object? UserState { get; set; }

    /// <summary>Bytes that were sent and that the peer's side has not taken yet, frame heads included.</summary>
    public long BufferedBytes => _core.Outbox.Backlog;

    /// <summary>Messages dropped because of <see cref="SlowPeerPolicy.DropNewest"/>.</summary>
    public long DroppedMessages => _core.Outbox.Dropped;

    /// <summary>The last measured round trip of a ping, the keep-alive's or one's own; null before the first.</summary>
    public TimeSpan? Latency => _core.Watch.Latency;

    internal ConnectionCore Core => _core;

    private Sender Outgoing => new(_core);

    private Agreement Agreed => _agreed ?? new Agreement(null, null, null, null);

    /// <summary>Receives the next message, or the news that the connection is closed (<see cref="WebSocketMessage.IsClose"/>), as often as asked.</summary>
    /// <remarks>The message's bytes live until the next receive. Complete messages that came before the end are received first.</remarks>
    /// <param name="cancellationToken">Ends the wait; no message is lost, the connection stays usable.</param>
    /// <exception cref="InvalidOperationException">Another receive is pending.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ValueTask<WebSocketMessage> ReceiveAsync(CancellationToken cancellationToken = default) =>
        Received.ReceiveAsync(piece: false, cancellationToken);

    /// <summary>
    /// Receives what has arrived of the next message, as soon as some of it has: for messages too large to hold.
    /// The last piece, which may be empty, has <see cref="WebSocketMessage.EndOfMessage"/> set.
    /// </summary>
    /// <remarks>Text may be cut within a character. <see cref="WebSocketOptions.MaxMessageBytes"/> bounds the whole message here too.</remarks>
    /// <param name="cancellationToken">Ends the wait; nothing is lost, the connection stays usable.</param>
    /// <exception cref="InvalidOperationException">Another receive is pending.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ValueTask<WebSocketMessage> ReceivePieceAsync(CancellationToken cancellationToken = default) =>
        Received.ReceiveAsync(piece: true, cancellationToken);

    /// <summary>The messages, one after the other, until the connection is closed. Each lives until the next.</summary>
    /// <param name="cancellationToken">Ends the wait for a message with <see cref="OperationCanceledException"/>.</param>
    public IAsyncEnumerator<WebSocketMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new MessageEnumerator(Received, cancellationToken);

    /// <summary>For <c>await foreach</c> and <c>await using</c> in libraries, which need not go on where they were called.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on in the context of the caller.</param>
    public ConfiguredConnection ConfigureAwait(bool continueOnCapturedContext) => new(this, continueOnCapturedContext);

    /// <summary>Sends a ping and waits for its pong.</summary>
    /// <param name="payload">At most 125 bytes; by default a number of its own.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The time from the call to the pong.</returns>
    /// <exception cref="ArgumentException">The payload is too long.</exception>
    /// <exception cref="WebSocketClosedException">The connection is closing or closed, or ended before the pong came.</exception>
    /// <exception cref="NotSupportedException">The dialect has no pings.</exception>
    public async Task<TimeSpan> PingAsync(ReadOnlyMemory<byte> payload = default, CancellationToken cancellationToken = default)
    {
        CheckControl(payload.Span);
        Task<TimeSpan> pong;
        lock (_core.Outbox.Door)
        {
            ThrowIfNotOpen();
            pong = _core.Watch.Ping(payload.Span);
        }

        _core.Outbox.Flush();
        return await pong.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a pong that answers nothing: a one-way sign of life (RFC 6455 §5.5.3).</summary>
    /// <param name="payload">At most 125 bytes.</param>
    /// <exception cref="ArgumentException">The payload is too long.</exception>
    /// <exception cref="WebSocketClosedException">The connection is closing or closed.</exception>
    /// <exception cref="NotSupportedException">The dialect has no pongs.</exception>
    public ValueTask PongAsync(ReadOnlyMemory<byte> payload = default)
    {
        CheckControl(payload.Span);
        lock (_core.Outbox.Door)
        {
            ThrowIfNotOpen();
            _core.Outbox.AppendPong(payload.Span);
        }

        _core.Outbox.Flush();
        return default;
    }

    /// <summary>
    /// Closes the connection in order: sends a close frame, drops what still comes, waits for the peer's. It always finishes: after
    /// <see cref="WebSocketOptions.CloseTimeout"/> the link is cut. If a close is under way already, waits for that.
    /// </summary>
    /// <param name="code">1000 to 1003, 1007 to 1014, 3000 to 4999, or <see cref="CloseCode.NoCode"/> for an empty close frame.</param>
    /// <param name="reason">At most 123 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Ends the wait, not the closing.</param>
    /// <returns>How the connection ended.</returns>
    /// <exception cref="ArgumentException">The code must not be sent, or the reason is too long, or there is a reason without a code.</exception>
    /// <exception cref="NotSupportedException">The dialect has no such code: of the 2010 dialects, any but 1000; and no reasons.</exception>
    public Task<CloseResult> CloseAsync(
        CloseCode code = CloseCode.Normal, string reason = "", CancellationToken cancellationToken = default)
    {
        CloseArguments.Check(code, reason, _core.Dialect);
        _core.Close(code, reason);
        return Closed.WaitAsync(cancellationToken);
    }

    /// <summary>Cuts the link at once, without a close frame. The peer sees 1006.</summary>
    public void Abort() => _core.Cut(ClosingEvent.Abort, "aborted by the application", log: false);

    /// <summary>Closes with 1000 if that was not done, waits for the end, and returns all memory.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        if (_core.Sink is null)
        {
            _core.Inbox.Release();
        }
    }

    /// <summary>Drops the heads of the opening handshake, to save their memory.</summary>
    public void ReleaseHeads() =>
        (Request, _agreed) = (null, SubProtocol is null && Extensions is null ? null : Agreed with { Response = null, Key3 = null });

    private Inbox Received => _core.Sink is null
        ? _core.Inbox
        : throw new InvalidOperationException("The messages of this connection go to the server's WebSocketHandler: there is nothing to receive.");

    internal void SeeControlFrame(Opcode opcode, ReadOnlySpan<byte> payload) => _handlers?.Invoke(this, opcode, payload);

    private void CheckControl(ReadOnlySpan<byte> payload)
    {
        _core.Dialect.Require(DialectTraits.Ping, "pings and pongs");
        if (payload.Length > FrameHeader.MaxControlPayload)
        {
            throw new ArgumentException("A ping or pong carries at most 125 bytes (RFC 6455 §5.5).", nameof(payload));
        }
    }

    private ResponseHead? ReadResponse()
    {
        byte[]? bytes = _agreed?.Response as byte[];
        if (_agreed?.Response == StandardResponse && Request is { } request)
        {
            bytes = DialectHandshake.BuildResponse(_core.Dialect, request, IsSecure, SubProtocol, Extensions, null);
        }

        var reader = new HeadReader(HeadKind.Response);
        if (bytes is null || reader.Read(bytes, out _) != HeadStatus.Complete)
        {
            return null;
        }

        _agreed = Agreed with { Response = reader.Head };
        return (ResponseHead)reader.Head!;
    }

    /// <param name="SubProtocol">The subprotocol.</param>
    /// <param name="Extensions">The extensions, as they stand in the response.</param>
    /// <param name="Key3">The bytes behind the head of hixie-76.</param>
    /// <param name="Response">The response head, or its bytes, or that it is to be made from the rest: hardly anybody asks for it.</param>
    private sealed record Agreement(string? SubProtocol, string? Extensions, byte[]? Key3, object? Response);

    private void ThrowIfNotOpen()
    {
        if (_core.Session.State != ClosingState.Open)
        {
            throw new WebSocketClosedException();
        }
    }
}
