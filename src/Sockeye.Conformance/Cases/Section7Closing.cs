using Sockeye.Conformance.Judging;
using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Cases;

/// <summary>7.*: the closing handshake.</summary>
internal static class Section7Closing
{
    private const string Closing = "RFC 6455 §5.5.1";
    private const string Codes = "RFC 6455 §7.4";

    private static readonly int[] s_valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    private static readonly int[] s_invalid = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

    public static IEnumerable<Case> All()
    {
        var text = Frame.Text("Hello, Welt");
        var part = text with { Fin = false };
        var last = new Frame(Opcodes.Continuation, "!"u8.ToArray());
        yield return Exchange.Answered("7.1.1", "a text, and a close after the echo", "RFC 6455 §7.1", [text], [PeerEvent.Text(text.Payload)]);
        yield return Good("7.1.2", "two close frames", Frame.Close(1000), Frame.Close(1000));
        yield return Good("7.1.3", "a close frame, then a ping", Frame.Close(1000), Frame.Ping("late"));
        yield return Good("7.1.4", "a close frame, then a text", Frame.Close(1000), text);
        yield return Good("7.1.5", "a fragment, a close frame, the last fragment", part, Frame.Close(1000), last);
        yield return AtOnce(text);
        yield return Exchange.Closed("7.3.1", "a close frame without a body", Closing, [new Frame(Opcodes.Close, [])], [1000, 1005]);
        yield return Bad("7.3.2", "a close frame with a body of one octet", Closing, [1002], new Frame(Opcodes.Close, [3]));
        yield return Good("7.3.3", "a close frame with 1000", Frame.Close(1000));
        yield return Good("7.3.4", "a close frame with 1000 and a reason", Frame.Close(1000, "Auf Wiedersehen, später"));
        yield return Good("7.3.5", "a close frame with 1000 and a reason of 123 octets", Frame.Close(1000, Utf8Text.OfLength(123)));
        yield return Bad("7.3.6", "a close frame with 1000 and a reason of 124 octets", "RFC 6455 §5.5", [1002], Frame.Close(1000, Utf8Text.OfLength(124)));
        yield return Bad("7.5.1", "a close frame with a reason that is not UTF-8", Closing, [1002, 1007], Frame.Close(1000, [0xce, 0xba, 0xed, 0xa0, 0x80]));
        for (int i = 0; i < s_valid.Length; i++)
        {
            int code = s_valid[i];
            yield return Exchange.Closed($"7.7.{i + 1}", $"a close frame with the valid code {code}", Codes, [Frame.Close(code)], [1000, code]);
        }

        for (int i = 0; i < s_invalid.Length; i++)
        {
            yield return Bad($"7.9.{i + 1}", $"a close frame with the invalid code {s_invalid[i]}", Codes, [1002], Frame.Close(s_invalid[i]));
        }

        yield return Open("7.13.1", 5000);
        yield return Open("7.13.2", 65535);
    }

    private static Case Good(string id, string sends, params Frame[] frames) => Exchange.Closed(id, sends, "RFC 6455 §5.5.1, §7.1", frames, [1000]);

    private static Case Bad(string id, string sends, string reference, int[] codes, Frame frame) =>
        Exchange.Failed(id, sends, reference, [frame], codes, strictCode: true);

    private static Case AtOnce(Frame text) => new(
        "7.1.6", "a text of 256 KiB, a short text, a close frame and a ping, at once", "anything (recorded)", "RFC 6455 §5.5.1", async play =>
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync([new Frame(Opcodes.Text, Utf8Text.OfLength(256 * 1024)), text, Frame.Close(1000), Frame.Ping("late")]);
        await dialogue.UntilEndAsync();
        return new Outcome(Verdict.Informational, CloseVerdict.Informational, dialogue.Describe());
    });

    private static Case Open(string id, int code) => new(id, $"a close frame with the code {code}", "anything (recorded)", Codes, async play =>
    {
        await using var connection = await play.OpenAsync();
        var dialogue = new Dialogue(connection, play.Patience);
        await connection.SendAsync(Frame.Close(code));
        await dialogue.UntilEndAsync();
        return new Outcome(Verdict.Informational, CloseVerdict.Informational, dialogue.Describe());
    });
}
