using Microsoft.Extensions.Logging;
using Sockeye.Client;
using Sockeye.Diagnostics;
using Sockeye.Styles;

namespace Sockeye;

/// <summary>
/// A connection in the style of browsers: the names, the states and the order of events of the WebSockets standard of the WHATWG.
/// For a client, or over a connection that a server has accepted.
/// </summary>
/// <remarks>
/// Nothing happens before <see cref="RunAsync"/>, so that no event can come before its handler. Then: <see cref="Opened"/>, any number of
/// <see cref="MessageReceived"/>, <see cref="Error"/> if it failed, <see cref="Closed"/>; or the last two alone, if it never opened.
/// Each comes when the one before has returned, on the synchronization context of the caller of <see cref="RunAsync"/> if there is one, else on the
/// thread that reads. What a handler throws is logged and changes nothing. Methods and properties may be used by any thread.
/// </remarks>
/// <example>
/// <code>
/// var socket = new BrowserSocket("wss://example.com/chat");
/// socket.Opened += (_, _) => socket.Send("hello");
/// socket.MessageReceived += (_, message) => Console.WriteLine(message);
/// socket.Closed += (_, end) => Console.WriteLine($"{end.Code} {end.Reason} {end.IsClean}");
/// await socket.RunAsync();
/// </code>
/// </example>
#pragma warning disable CA1001 // a token source without a timer or a handle has nothing to dispose of
public sealed class BrowserSocket
#pragma warning restore CA1001
{
    private readonly Func<CancellationToken, Task<WebSocketConnection>> _connect;
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _lock = new();
    private readonly SentAmount _sent = new();
    private ILogger _logger;
    private WebSocketConnection? _connection;
    private ConnectionState _state;
    private bool _running, _full;

    /// <summary>Makes a client that does not connect yet.</summary>
    /// <param name="url"><c>ws://</c>, <c>wss://</c>, <c>http://</c> or <c>https://</c>; the latter two mean the former.</param>
    /// <param name="options">What to ask for, subprotocols among it; the defaults if null.</param>
    /// <exception cref="ArgumentException">The address or an option makes no sense.</exception>
    public BrowserSocket(string url, WebSocketClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        options = WebSocketOptions.Take(options ?? new WebSocketClientOptions());
        var address = Parse(url);
        _ = new ClientOpening(address, options, null); // judges the rest: what is senseless throws here, as in a browser
        Url = address.AbsoluteUri;
        _logger = GuardedLogger.From(options.LoggerFactory, "Sockeye.Client");
        _connect = token => WebSocketClient.ConnectAsync(address, options, token);
    }

    /// <summary>Makes a client that does not connect yet.</summary>
    /// <param name="url"><c>ws://</c>, <c>wss://</c>, <c>http://</c> or <c>https://</c>; the latter two mean the former.</param>
    /// <param name="protocols">Subprotocols offered, the favourite first.</param>
    /// <exception cref="ArgumentException">The address or a protocol makes no sense, or a protocol is there twice.</exception>
    public BrowserSocket(string url, params string[] protocols)
        : this(url, Offering(protocols))
    {
    }

    /// <summary>Brings the style to a connection that is open already: a server's, most likely.</summary>
    /// <param name="connection">The connection. Nobody else receives from it.</param>
    public BrowserSocket(WebSocketConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var head = connection.Request;
        Url = $"{(connection.IsSecure ? "wss" : "ws")}://{head?.Host ?? "localhost"}{head?.Target}";
        _logger = connection.Core.Logger;
        _connect = _ => Task.FromResult(connection);
    }

    internal BrowserSocket(string url, Func<CancellationToken, Task<WebSocketConnection>> connect, ILogger logger) =>
        (Url, _connect, _logger) = (url, connect, logger);

    /// <summary>The connection is open.</summary>
    public event EventHandler? Opened;

    /// <summary>A message arrived. Its bytes live until the handler returns.</summary>
    public event EventHandler<WebSocketMessage>? MessageReceived;

    /// <summary>It failed, and why: it could not be opened, it broke, a rule was broken, or too much was waiting to be sent. <see cref="Closed"/> follows.</summary>
    public event EventHandler<Exception>? Error;

    /// <summary>It is over: with which code and reason, and whether both ends said goodbye (<see cref="CloseResult.IsClean"/>).</summary>
    public event EventHandler<CloseResult>? Closed;

    /// <summary>The state as the events tell it: open from just before <see cref="Opened"/> until somebody closes.</summary>
    public ConnectionState ReadyState
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>The address.</summary>
    public string Url { get; }

    /// <summary>The subprotocol that was agreed on; empty if none was, or before it is open.</summary>
    public string Protocol { get; private set; } = "";

    /// <summary>The extensions that were agreed on; empty if there are none, or before it is open.</summary>
    public string Extensions { get; private set; } = "";

    /// <summary>
    /// Bytes of payload that were given to <see cref="Send(string)"/> and are not with the kernel yet. What was sent too late, or was left over at
    /// the end, stays counted.
    /// </summary>
    public long BufferedAmount => _sent.Unsent(_connection);

    /// <summary>Connects, if that is still to be done, and raises the events until the end. Call it once.</summary>
    /// <returns>A task that completes after <see cref="Closed"/>, and never fails.</returns>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public Task RunAsync()
    {
        if (Interlocked.Exchange(ref _running, true))
        {
            throw new InvalidOperationException("A socket runs once. Make another to connect again.");
        }

        return RunOnceAsync();
    }

    /// <summary>Sends a text message. It never waits: what the peer does not take is buffered.</summary>
    /// <remarks>
    /// If it does not fit <see cref="WebSocketOptions.SendBacklogBytes"/>, the socket fails. While closing and after, the message is dropped and counted.
    /// </remarks>
    /// <param name="text">The text; unpaired surrogates are sent as U+FFFD.</param>
    /// <exception cref="InvalidOperationException">It is still connecting.</exception>
    public void Send(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Send(System.Text.Encoding.UTF8.GetBytes(text), MessageType.Text);
    }

    /// <summary>Sends a binary message. It never waits: what the peer does not take is buffered.</summary>
    /// <inheritdoc cref="Send(string)" path="/remarks"/>
    /// <param name="bytes">The bytes, which are copied.</param>
    /// <exception cref="InvalidOperationException">It is still connecting.</exception>
    /// <exception cref="NotSupportedException">The dialect has text only.</exception>
    public void Send(ReadOnlySpan<byte> bytes) => Send(bytes, MessageType.Binary);

    /// <summary>Begins to close; <see cref="Closed"/> tells of the end. Does nothing if that was done before. While connecting it gives up.</summary>
    /// <param name="code">1000, or 3000 to 4999; none by default.</param>
    /// <param name="reason">At most 123 bytes of UTF-8; with a reason, the code is 1000 by default.</param>
    /// <exception cref="ArgumentException">The code is no application's, or the reason is too long.</exception>
    /// <exception cref="NotSupportedException">The dialect has no such code, or no reasons.</exception>
    public void Close(CloseCode? code = null, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (code is { } given && given != CloseCode.Normal && (int)given is < 3000 or > 4999)
        {
            throw new ArgumentException($"An application closes with 1000 or 3000 to 4999, not {(int)given}.", nameof(code));
        }

        var what = code ?? (reason.Length > 0 ? CloseCode.Normal : CloseCode.NoCode);
        ClosePayload.ThrowIfNotSendable(what, reason);
        bool connecting;
        lock (_lock)
        {
            connecting = _state == ConnectionState.Connecting;
            if (_state == ConnectionState.Open)
            {
                _ = _connection!.CloseAsync(what, reason); // never fails, once its arguments are good
            }

            _state = _state < ConnectionState.Closing ? ConnectionState.Closing : _state;
        }

        if (connecting)
        {
            _ = _giveUp.CancelAsync(); // elsewhere: what goes on at once raises events, which are none of the caller's
        }
    }

    private static Uri Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            throw new ArgumentException($"'{url}' is no absolute address: write ws://HOST:PORT/PATH or wss://HOST/PATH.", nameof(url));
        }

        string? scheme = address.Scheme switch { "ws" or "http" => "ws", "wss" or "https" => "wss", _ => null };
        return scheme is null ? throw new ArgumentException($"'{url}' is no WebSocket address: write ws:// or wss://.", nameof(url))
            : scheme == address.Scheme ? address
            : new UriBuilder(address) { Scheme = scheme, Port = address.Port }.Uri;
    }

    private static WebSocketClientOptions Offering(string[] protocols)
    {
        ArgumentNullException.ThrowIfNull(protocols);
        var options = new WebSocketClientOptions();
        foreach (string protocol in protocols)
        {
            options.SubProtocols.Add(protocol);
        }

        return options;
    }

    private void Send(ReadOnlySpan<byte> payload, MessageType type)
    {
        lock (_lock)
        {
            if (_state == ConnectionState.Connecting)
            {
                throw new InvalidOperationException("The socket is still connecting: send from Opened on.");
            }

            if (_state != ConnectionState.Open || !_connection!.TrySend(payload, type))
            {
                _sent.Drop(payload.Length);
                _full |= _state == ConnectionState.Open && _connection!.State == ConnectionState.Open;
            }
            else
            {
                _sent.Add(_connection, payload.Length);
                return;
            }
        }

        if (_full)
        {
            _connection!.Abort();
        }
    }

    // The awaits go back to the context of whoever called RunAsync: that is where its events are expected.
    private async Task RunOnceAsync()
    {
        CloseResult result;
        try
        {
            var connection = await _connect(_giveUp.Token).ConfigureAwait(true);
            result = await PumpAsync(connection).ConfigureAwait(true);
        }
        catch (Exception e)
        {
            var initiator = _giveUp.IsCancellationRequested ? CloseInitiator.Local : CloseInitiator.None;
            result = new CloseResult(CloseCode.Abnormal, "", initiator, IsClean: false) { Cause = e.Message, Error = e };
        }

        Enter(ConnectionState.Closed);
        if (!result.IsClean)
        {
            Raise(Error, static (handler, self, error) => handler(self, error), Reason(result));
        }

        Raise(Closed, static (handler, self, end) => handler(self, end), result);
    }

    private async Task<CloseResult> PumpAsync(WebSocketConnection connection)
    {
        await using var owned = ((IAsyncDisposable)connection).ConfigureAwait(true);
        _connection = connection;
        _logger = connection.Core.Logger;
        Protocol = connection.SubProtocol ?? "";
        Extensions = connection.Extensions ?? "";
        if (Enter(ConnectionState.Open))
        {
            Raise(Opened, static (handler, self, _) => handler(self, EventArgs.Empty), 0);
        }
        else
        {
            connection.Abort(); // it was closed while it connected
        }

        while (true)
        {
            var message = await connection.ReceiveAsync().ConfigureAwait(true);
            if (message.IsClose)
            {
                break;
            }

            if (message.Type is MessageType.Text or MessageType.Binary && ReadyState == ConnectionState.Open)
            {
                Raise(MessageReceived, static (handler, self, received) => handler(self, received), message);
            }
        }

        Enter(ConnectionState.Closing);
        return await connection.Closed.ConfigureAwait(true);
    }

    private bool Enter(ConnectionState state)
    {
        lock (_lock)
        {
            bool forward = state > _state;
            _state = forward ? state : _state;
            return forward;
        }
    }

    private Exception Reason(CloseResult result) =>
        _full ? new IOException("More was to be sent than WebSocketOptions.SendBacklogBytes allows to be buffered.")
        : _connection is null && result.Error is { } error ? error
        : new IOException(result.Cause.Length > 0 ? result.Cause : result.Reason, result.Error);

    /// <summary>One handler's fault is nobody else's.</summary>
    private void Raise<THandler, T>(THandler? handlers, Action<THandler, BrowserSocket, T> call, T argument)
        where THandler : Delegate
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                call(handler, this, argument);
            }
            catch (Exception e)
            {
                Log.EventHandlerFailed(_logger, Url, e);
            }
        }
    }
}
