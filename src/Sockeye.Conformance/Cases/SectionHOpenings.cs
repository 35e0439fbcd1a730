using System.Text;
using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>H.*: opening handshakes.</summary>
internal static class SectionHOpenings
{
    public static IEnumerable<Case> All() =>
    [
        .. OpeningRequests.Valid.Select((one, i) => Server($"H.1.{i + 1}", one, Wanted.Open)),
        .. OpeningRequests.Wrong.Select((one, i) => Server($"H.2.{i + 1}", one, Wanted.Refusal)),
        .. OpeningRequests.Hostile.Select((one, i) => Server($"H.3.{i + 1}", one, Wanted.End)),
        .. OpeningResponses.Valid.Select((one, i) => Client($"H.4.{i + 1}", one, true)),
        .. OpeningResponses.Wrong.Select((one, i) => Client($"H.5.{i + 1}", one, false)),
    ];

    private enum Wanted
    {
        Open,
        Refusal,
        End,
    }

    private static Case Server(string id, OpeningSample sample, Wanted wanted)
    {
        string wish = sample.IsWish ? " (otherwise: non-strict)" : "";
        string allows = wanted switch
        {
            Wanted.Open => "101, and an open WebSocket",
            Wanted.Refusal => "any answer but 101, or none",
            _ => "any answer but 101, or none, and the connection ended",
        } + wish;
        return new Case(id, $"an opening handshake {sample.What}", allows, sample.Reference, async play =>
        {
            byte[] request = Encoding.Latin1.GetBytes(sample.Text(play.Peer.Host, play.Peer.Target));
            await using var stream = await play.Peer.ConnectAsync(play.Stop);
            play.Transcript.Add(true, "HTTP head", request);
            foreach (var part in sample.Size == 0 ? [request] : request.Chunk(sample.Size))
            {
                await stream.WriteAsync(part, play.Stop);
            }

            using var late = CancellationTokenSource.CreateLinkedTokenSource(play.Stop);
            late.CancelAfter(play.Patience);
            HttpText? response;
            try
            {
                response = await HttpText.ReadAsync(stream, play.Transcript, late.Token);
            }
            catch (IOException) when (wanted != Wanted.Open)
            {
                return Outcome.Passed;
            }

            if (sample.IsWish && (response?.Status == 101) != (wanted == Wanted.Open))
            {
                return new Outcome(Verdict.NonStrict, CloseVerdict.Ok, response is { Status: 101 } ? "opened" : response?.StartLine ?? "no answer");
            }

            return wanted == Wanted.Open ? await OpenedAsync(play, stream, response) : await RefusedAsync(stream, response, sample, wanted == Wanted.End, late.Token);
        })
        { Sides = CaseSides.Server };
    }

    private static async Task<Outcome> OpenedAsync(Play play, Stream stream, HttpText? response)
    {
        if ((response is null ? "no answer" : Opening.FaultOfResponse(response)) is { } fault)
        {
            return Outcome.Failed(fault);
        }

        if (response!["Sec-WebSocket-Extensions"] is { } extensions && !extensions.StartsWith("permessage-deflate", StringComparison.Ordinal))
        {
            return Outcome.Failed($"an extension that nobody offered: {extensions}");
        }

        await using var connection = new RawConnection(stream, judgeIsClient: true, play.Transcript, response.Behind, Negotiated.None);
        connection.StartReading();
        var dialogue = new Dialogue(connection, play.Patience);
        var frame = Frame.Text("open?");
        await connection.SendAsync(frame);
        await dialogue.CollectAsync(1);
        var close = await dialogue.CloseAsync();
        return Exchange.Judged(dialogue, close, Exchange.Same(dialogue.Got, [PeerEvent.Text(frame.Payload)]) ? Verdict.Pass : Verdict.Fail);
    }

    private static async Task<Outcome> RefusedAsync(Stream stream, HttpText? response, OpeningSample sample, bool mustEnd, CancellationToken late)
    {
        if (response?.Status == 101)
        {
            return Outcome.Failed("opened");
        }

        try
        {
            byte[] rest = new byte[4096];
            while (mustEnd && response is not null && await stream.ReadAsync(rest, late) > 0)
            {
            }
        }
        catch (OperationCanceledException)
        {
            string detail = $"'{response!.StartLine}', and the connection left open";
            return sample.IsWish ? new Outcome(Verdict.NonStrict, CloseVerdict.Ok, detail) : new Outcome(Verdict.Pass, CloseVerdict.LeftOpen, detail);
        }
        catch (IOException)
        {
            // Dropped: as good an end as any.
        }

        return Outcome.Passed;
    }

    private static Case Client(string id, OpeningSample sample, bool valid) => new(
        id, $"an answer {sample.What}", valid ? "an open WebSocket, closed cleanly" : "the client fails the connection without a frame", sample.Reference, async play =>
    {
        string key = play.Peer.Request!["Sec-WebSocket-Key"] ?? "";
        byte[] response = Encoding.Latin1.GetBytes(sample.Text(Opening.AcceptOf(key), key));
        var stream = await play.Peer.ConnectAsync(play.Stop);
        play.Transcript.Add(true, "HTTP head", response);
        await stream.WriteAsync(response, play.Stop);
        await using var connection = new RawConnection(stream, judgeIsClient: false, play.Transcript, default, Negotiated.None);
        connection.StartReading();
        var dialogue = new Dialogue(connection, play.Patience);
        if (valid)
        {
            return Exchange.Judged(dialogue, await dialogue.CloseAsync(), Verdict.Pass);
        }

        bool ended = await dialogue.UntilEndAsync();
        return ended && dialogue.Last!.Kind == PeerEventKind.Ended && dialogue.Got.Count == 0 ? Outcome.Passed : Outcome.Failed($"not refused: {dialogue.Describe()}");
    })
    { Sides = CaseSides.Client };
}
