using System.Text;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>One run of a case: the peer, and what was put down.</summary>
internal sealed class Play(Peer peer, JudgeSettings settings, CancellationToken stop)
{
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(10);

    public Peer Peer => peer;

    public Transcript Transcript { get; } = new();

    public TimeSpan Patience => settings.Patience;

    public TimeSpan Enough => settings.Enough;

    public bool IsFast => settings.IsFast;

    public CancellationToken Stop => stop;

    /// <summary>For many connections of one case: every n-th value with --fast, and over TLS, where they are dear and tell no more.</summary>
    public int Stride(int whenFast) => IsFast ? whenFast : peer.IsSecure ? Math.Min(whenFast, 16) : 1;

    /// <summary>Opens a WebSocket, without extensions.</summary>
    public Task<RawConnection> OpenAsync() => OpenAsync(new DeflateTerms(null, _ => null));

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="terms">What to offer, or to agree to.</param>
    /// <param name="read">Whether to begin to read.</param>
    /// <exception cref="OpeningException">The handshake failed.</exception>
    public async Task<RawConnection> OpenAsync(DeflateTerms terms, bool read = true)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(s_handshake);
        try
        {
            var stream = await peer.ConnectAsync(late.Token);
            try
            {
                var connection = peer.IsServer ? await AskAsync(stream, terms, late.Token) : await AnswerAsync(stream, terms);
                if (read)
                {
                    connection.StartReading();
                }

                return connection;
            }
            catch
            {
                await stream.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            throw new OpeningException($"no connection: {e.Message}");
        }
    }

    private async Task<RawConnection> AskAsync(Stream stream, DeflateTerms terms, CancellationToken late)
    {
        byte[] request = Encoding.Latin1.GetBytes(Opening.Request(peer.Host, peer.Target, terms.Offer));
        Transcript.Add(true, "HTTP head", request);
        await stream.WriteAsync(request, late);
        var response = await HttpText.ReadAsync(stream, Transcript, late) ?? throw new OpeningException("the handshake was not answered");
        if (Opening.FaultOfResponse(response) is { } fault)
        {
            throw new OpeningException(fault);
        }

        var agreed = terms.Read(response["Sec-WebSocket-Extensions"]);
        return new RawConnection(stream, judgeIsClient: true, Transcript, response.Behind, agreed);
    }

    private async Task<RawConnection> AnswerAsync(Stream stream, DeflateTerms terms)
    {
        if (Opening.FaultOfRequest(peer.Request!) is { } fault)
        {
            throw new OpeningException($"the request has {fault}");
        }

        string? answer = terms.AnswerTo(peer.Request!["Sec-WebSocket-Extensions"]);
        byte[] response = Encoding.Latin1.GetBytes(Opening.Response(peer.Request["Sec-WebSocket-Key"], answer));
        Transcript.Add(true, "HTTP head", response);
        await stream.WriteAsync(response, stop);
        var agreed = answer is null ? Negotiated.None : DeflateTerms.Parse(answer, judgeIsClient: false);
        return new RawConnection(stream, judgeIsClient: false, Transcript, default, agreed);
    }
}
