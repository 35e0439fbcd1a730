using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>12.* and 13.*: compressed messages of five kinds of data, and with seven sets of parameters.</summary>
internal static class Section12And13Compression
{
    private const string Basic = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
    private const string Reference = "RFC 7692 §7";

    // Length, frame size (0 for one frame), and seconds, of the 18 cases of each subsection.
    private static readonly (int Length, int Frame, int Seconds)[] s_kinds =
    [
        (16, 0, 60), (64, 0, 60), (256, 0, 120), (1024, 0, 240), (4096, 0, 480), (8192, 0, 480), (16384, 0, 480), (32768, 0, 480), (65536, 0, 480),
        (131072, 0, 480), (8192, 256, 480), (16384, 256, 480), (32768, 256, 480), (65536, 256, 480), (131072, 256, 480), (131072, 1024, 480),
        (131072, 4096, 480), (131072, 32768, 480),
    ];

    private static readonly DeflateTerms s_basic = new(Basic, offer => DeflateTerms.Offers(offer) ? "permessage-deflate" : null);

    private static readonly DeflateTerms[] s_terms =
    [
        s_basic,
        new(Basic + "; server_no_context_takeover", offer => DeflateTerms.Offers(offer) ? "permessage-deflate; client_no_context_takeover" : null),
        new(Basic + "; server_max_window_bits=9", Window("client_max_window_bits=9")),
        new(Basic + "; server_max_window_bits=15", Window("client_max_window_bits=15")),
        new(Basic + "; server_no_context_takeover; server_max_window_bits=9", Window("client_no_context_takeover; client_max_window_bits=9")),
        new(Basic + "; server_no_context_takeover; server_max_window_bits=15", Window("client_no_context_takeover; client_max_window_bits=15")),
        new(
            $"{Basic}; server_no_context_takeover; server_max_window_bits=9, {Basic}; server_no_context_takeover, {Basic}",
            offer => Window("client_no_context_takeover; client_max_window_bits=9")(offer)
                ?? (DeflateTerms.Offers(offer) ? "permessage-deflate; client_no_context_takeover" : null)),
    ];

    public static IEnumerable<Case> All() =>
    [
        .. SampleData.Kinds.SelectMany((_, s) => s_kinds.Select((_, n) => Of($"12.{s + 1}.{n + 1}", s, n, s_basic))),
        .. s_terms.SelectMany((terms, s) => s_kinds.Select((_, n) => Of($"13.{s + 1}.{n + 1}", 0, n, terms))),
    ];

    private static Func<string?, string?> Window(string parameters) =>
        offer => DeflateTerms.Offers(offer, "client_max_window_bits") ? $"permessage-deflate; {parameters}" : null;

    private static Case Of(string id, int data, int n, DeflateTerms terms)
    {
        var (length, frame, seconds) = s_kinds[n];
        var kind = SampleData.Kinds[data];
        string sends = $"1000 compressed messages ({kind.Name}) of {length}{(frame == 0 ? "" : $" in frames of {frame} octets")}; offered: {terms.Offer}";
        return new Case(id, sends, $"each message back, all within {seconds} s; clean close with 1000", Reference, async play =>
        {
            await using var connection = await play.OpenAsync(terms);
            if (!connection.Deflate.IsOn)
            {
                await connection.SendAsync(Frame.Close(1000));
                return Outcome.Unimplemented("permessage-deflate was not agreed to");
            }

            using var deflater = new Deflater(connection.Deflate);
            int opcode = kind.IsText ? Opcodes.Text : Opcodes.Binary;
            return await PingPong.RunAsync(play, connection, play.IsFast ? 20 : 1000, seconds, i =>
            {
                byte[] message = kind.Window(i, length);
                var frames = Frame.Cut(opcode, deflater.Deflate(message), frame == 0 ? int.MaxValue : frame, rsv: 4);
                return (frames, new PeerEvent(kind.IsText ? PeerEventKind.Text : PeerEventKind.Binary, message));
            });
        })
        { IsBusy = true };
    }
}
