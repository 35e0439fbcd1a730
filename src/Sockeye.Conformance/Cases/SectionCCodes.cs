using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>C.*: closing codes, all of them, and reasons.</summary>
internal static class SectionCCodes
{
    private const string Reference = "RFC 6455 §5.5.1, §7.4";

    private static readonly int[] s_legal = [1012, 1013, 1014, 3001, 3500, 4001, 4500];
    private static readonly int[] s_illegal = [1, 255, 256, 500, 998, 1015];

    public static IEnumerable<Case> All()
    {
        for (int i = 0; i < s_legal.Length; i++)
        {
            yield return Exchange.Closed($"C.1.{i + 1}", $"a close frame with {s_legal[i]}", Reference, [Frame.Close(s_legal[i])], [1000, s_legal[i]]);
        }

        for (int i = 0; i < s_illegal.Length; i++)
        {
            yield return Exchange.Failed($"C.2.{i + 1}", $"a close frame with {s_illegal[i]}", Reference, [Frame.Close(s_illegal[i])], [1002], strictCode: true);
        }

        yield return Every("C.3.1", "each legal code from 1000 to 4999, each on a connection of its own", "each answered with it or 1000", 997, CloseCodes.IsLegal, Answered);
        yield return Every(
            "C.3.2", "each code from 0 to 65535 that nobody may send, each on a connection of its own", "each failed with 1002, or dropped", 251, CloseCodes.IsIllegal,
            (play, code) => Loops.MustFailAsync(play, $"{code}", [Frame.Close(code)], 1002));
        yield return Every(
            "C.3.3", "each unassigned code from 1016 to 2999, and from 5000 to 65535, each on a connection of its own", "any end of the connection, with a legal code",
            4099, code => !CloseCodes.IsLegal(code) && !CloseCodes.IsIllegal(code), Ended);
        for (int i = 0; i < 3; i++)
        {
            byte[] reason = i switch { 0 => [0xc3], 1 => [.. "cut "u8, 0xe2, 0x82], _ => [0xed, 0xa0, 0x80] };
            yield return Exchange.Failed(
                $"C.4.{i + 1}", $"a close frame with 1000 and the reason {Convert.ToHexStringLower(reason)}, which is not UTF-8", Reference, [Frame.Close(1000, reason)], [1002, 1007], strictCode: true);
        }
    }

    private static Case Every(string id, string sends, string allows, int fast, Func<int, bool> which, Func<Play, int, Task<string?>> attempt) => new(
        id, sends, allows, Reference, play =>
    {
        int stride = play.Stride(fast);
        return Loops.EachAsync(play, Enumerable.Range(0, 65536).Where(which).Where((_, i) => i % stride == 0), code => attempt(play, code));
    })
    { Sides = CaseSides.Server, IsBusy = true };

    private static async Task<string?> Answered(Play play, int code)
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(Frame.Close(code));
        return await dialogue.ClosedAsync(1000, code) == CloseVerdict.Ok ? null : $"{code}: {dialogue.Describe()}";
    }

    private static async Task<string?> Ended(Play play, int code)
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(Frame.Close(code));
        return await dialogue.UntilEndAsync() && dialogue.Last!.Kind != PeerEventKind.Fault ? null : $"{code}: {dialogue.Describe()}";
    }
}
