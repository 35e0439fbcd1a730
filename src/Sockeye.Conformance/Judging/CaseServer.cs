using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>
/// Judges clients: it serves <c>/getCaseCount</c>, <c>/runCase?case=N&amp;agent=A</c> (or <c>casetuple=ID</c>) and
/// <c>/updateReports?agent=A</c>, and ends when an agent has asked for its report.
/// </summary>
public sealed class CaseServer : IDisposable
{
    private readonly IReadOnlyList<Case> _cases;
    private readonly JudgeSettings _settings;
    private readonly X509Certificate2? _certificate;
    private readonly Action<CaseResult>? _done;
    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<string, CaseResult> _results = new();
    private readonly ConcurrentDictionary<Task, bool> _playing = new();
    private readonly TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to listen.</summary>
    /// <param name="address">Where; port 0 for a free one.</param>
    /// <param name="cases">The cases: case 1 is the first.</param>
    /// <param name="settings">How to judge.</param>
    /// <param name="certificate">The certificate for TLS, with its key; null for none. It stays the caller's.</param>
    /// <param name="done">Called after each case, from any thread.</param>
    /// <exception cref="SocketException">The address is in use.</exception>
    public CaseServer(
        IPEndPoint address, IReadOnlyList<Case> cases, JudgeSettings settings, X509Certificate2? certificate = null, Action<CaseResult>? done = null)
    {
        (_cases, _settings, _certificate, _done) = (cases, settings, certificate, done);
        _listener = new TcpListener(address);
        _listener.Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The agent's name, as the last request had it.</summary>
    public string Agent { get; private set; } = "";

    /// <summary>Serves until an agent has asked for its report.</summary>
    /// <param name="stop">Ends it early.</param>
    /// <returns>The results so far, in the order of the cases.</returns>
    public async Task<IReadOnlyList<CaseResult>> RunAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var accepting = AcceptAsync(end.Token);
        await Task.WhenAny(_reported.Task, accepting);
        await end.CancelAsync();
        await accepting;
        return [.. _cases.Select(one => _results.GetValueOrDefault(one.Id)).OfType<CaseResult>()];
    }

    /// <summary>Stops to listen.</summary>
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync(CancellationToken stop)
    {
        var open = new ConcurrentDictionary<Task, bool>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(stop);
                socket.NoDelay = true;
                var served = ServeAsync(new NetworkStream(socket, ownsSocket: true), stop);
                open[served] = true;
                _ = served.ContinueWith(task => open.TryRemove(task, out _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open.Keys);
        }
    }

    private async Task ServeAsync(NetworkStream plain, CancellationToken stop)
    {
        await using (plain)
        {
            try
            {
                await using var stream = await SecuredAsync(plain, stop);
                var request = await HttpText.ReadAsync(stream, new Transcript(), stop);
                if (request is not null)
                {
                    await AnswerAsync(new ClientPeer(stream, request), request, stop);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or OpeningException or AuthenticationException)
            {
                // A client that goes away has no result to give.
            }
        }
    }

    private async Task<Stream> SecuredAsync(NetworkStream plain, CancellationToken stop)
    {
        if (_certificate is null)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, stop);
        return secure;
    }

    private async Task AnswerAsync(ClientPeer peer, HttpText request, CancellationToken stop)
    {
        string target = request.StartLine.Split(' ') is [_, var text, ..] ? text : "";
        string[] parts = target.Split('?', 2);
        var query = (parts.Length > 1 ? parts[1] : "").Split('&').Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToDictionary(group => group.Key, group => Uri.UnescapeDataString(group.First()[1].Replace('+', ' ')));
        Agent = query.GetValueOrDefault("agent", Agent);
        switch (parts[0])
        {
            case "/getCaseCount":
                await TellAsync(peer, _cases.Count.ToString(CultureInfo.InvariantCulture), stop);
                break;
            case "/updateReports":
                // The judge's part of a case may end a little after the client's.
                await Task.WhenAny(Task.WhenAll(_playing.Keys), Task.Delay(_settings.Patience, stop));
                await TellAsync(peer, null, stop);
                _reported.TrySetResult();
                break;
            case "/runCase" when CaseOf(query) is { } chosen:
                var playing = PlayAsync(chosen, peer, stop);
                _playing[playing] = true;
                await playing;
                _playing.TryRemove(playing, out _);
                break;
            default:
                var stream = await peer.ConnectAsync(stop);
                await stream.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), stop);
                break;
        }
    }

    private async Task PlayAsync(Case chosen, ClientPeer peer, CancellationToken stop)
    {
        var result = await Judge.PlayAsync(chosen, peer, _settings, stop);
        if (!stop.IsCancellationRequested)
        {
            _results[chosen.Id] = result;
            _done?.Invoke(result);
        }
    }

    private Case? CaseOf(Dictionary<string, string> query)
    {
        if (query.TryGetValue("casetuple", out string? id))
        {
            return _cases.FirstOrDefault(one => one.Id == id);
        }

        return int.TryParse(query.GetValueOrDefault("case"), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= _cases.Count
            ? _cases[number - 1]
            : null;
    }

    /// <summary>Sends a text, if any, and closes.</summary>
    private async Task TellAsync(ClientPeer peer, string? text, CancellationToken stop)
    {
        var play = new Play(peer, _settings, stop);
        await using var connection = await play.OpenAsync();
        if (text is not null)
        {
            await connection.SendAsync(new Frame(Opcodes.Text, Encoding.UTF8.GetBytes(text)));
        }

        await new Dialogue(connection, play.Patience).CloseAsync();
    }
}
