using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Sessions;
using Sockeye.Tests.Protocol.Support;

namespace Sockeye.Tests.Protocol.Sessions;

/// <summary>All 65,536 first two bytes of a frame, for both roles, with no message, a text or a binary message in progress.</summary>
public sealed class SessionHeadTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void Every_two_bytes_are_judged_as_the_standard_says_at_the_earliest_byte(bool server, int inProgress)
    {
        byte[] before = inProgress == 0 ? [] : new Wire(server).Frame(inProgress, [65]).Bytes;
        List<string> wrong = [];
        byte[] bytes = new byte[2];
        for (int head = 0; head <= 0xFFFF; head++)
        {
            var (b1, b2) = ((byte)(head >> 8), (byte)head);
            var first = HeadOracle.First(b1, inProgress != 0, 0);
            var second = first is null ? HeadOracle.Second(b1, b2, server) : null;
            string expected = Outcome(first) + "," + (first is not null ? "" : second is null ? Event(b1, b2, server, inProgress) : Outcome(second));

            (bytes[0], bytes[1]) = (b1, b2);
            Session cut = Start(server, before);
            string atFirst = Feed(cut, bytes.AsSpan(0, 1), first);
            string seen = atFirst + "," + Feed(cut, bytes.AsSpan(1), second);
            (bytes[0], bytes[1]) = (b1, b2);
            string whole = Feed(Start(server, before), bytes, first ?? second);
            if (seen != expected || whole != expected.Replace(",", "", StringComparison.Ordinal))
            {
                wrong.Add($"{head:X4}: {seen} or {whole}, not {expected}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong: {string.Join('\n', wrong.Take(10))}");
    }

    private static string Outcome(HeadOracle.Rule? rule) => rule?.ToString() ?? "";

    /// <summary>An unmasked frame without payload is all there.</summary>
    private static string Event(byte b1, byte b2, bool server, int inProgress)
    {
        if (server || b2 % 128 != 0)
        {
            return "";
        }

        bool fin = b1 >= 128;
        return (b1 % 16) switch
        {
            0 => fin ? "Data " + (MessageType)inProgress : "",
            1 or 2 => fin ? "Data " + (MessageType)(b1 % 16) : "",
            8 => "PeerClose",
            9 => "Ping",
            _ => "Pong",
        };
    }

    private static Session Start(bool server, byte[] before)
    {
        var session = new Session(server ? Role.Server : Role.Client, MessageLimits.Default);
        Span<byte> input = before.ToArray();
        var found = default(SessionEvent);
        while (session.TryRead(ref input, ref found))
        {
        }

        return session;
    }

    private static string Feed(Session session, Span<byte> input, HeadOracle.Rule? rule)
    {
        var found = default(SessionEvent);
        if (!session.TryRead(ref input, ref found))
        {
            return "";
        }

        return found.Kind == ClosingEvent.Violation ? HeadOracle.Is(rule, found.Violation) ? rule.ToString()! : found.Violation!.Message
            : found.Kind == ClosingEvent.Data ? "Data " + found.Type
            : found.Kind.ToString();
    }
}
