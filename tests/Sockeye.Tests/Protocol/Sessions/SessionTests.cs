using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Sessions;
using Sockeye.Tests.Protocol.Support;
using Sockeye.Tests.Support;

namespace Sockeye.Tests.Protocol.Sessions;

public sealed class SessionTests
{
    public static TheoryData<bool, string> EveryScript
    {
        get
        {
            var data = new TheoryData<bool, string>();
            foreach (string name in Scripts.All.Keys)
            {
                data.Add(false, name);
                data.Add(true, name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryScript))]
    public void A_script_gives_its_events_however_it_is_cut(bool server, string name)
    {
        Script script = Scripts.All[name];
        Role role = server ? Role.Server : Role.Client;
        byte[] wire = script.Bytes(masked: server);
        Assert.Equal(script.Expected, Run());
        Assert.Equal(script.Expected, Replay.ByteByByte(role, MessageLimits.Default, wire));

        // All single cuts; of a very long exchange those near its ends and some between.
        for (int cut = 0; cut <= wire.Length; cut += cut > 64 && cut < wire.Length - 64 && wire.Length > 5000 ? 997 : 1)
        {
            AssertSame(Run(cut), $"cut at {cut}");
        }

        // All pairs of cuts of the short ones.
        for (int one = 0; wire.Length <= 140 && one <= wire.Length; one++)
        for (int two = one; two <= wire.Length; two++)
        {
            AssertSame(Run(one, two), $"cut at {one} and {two}");
        }

        List<string> Run(params ReadOnlySpan<int> cuts) => Replay.Run(role, MessageLimits.Default, wire, cuts);

        void AssertSame(List<string> lines, string how)
        {
            if (!script.Expected.SequenceEqual(lines))
            {
                Assert.Fail($"{how}:\n{Replay.Printable(lines)}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Control_frames_of_every_size_are_read_however_they_are_cut(bool server)
    {
        Role role = server ? Role.Server : Role.Client;
        for (int size = 0; size <= 125; size++)
        {
            string payload = new('c', size);
            byte[] wire = new Wire(server).Ping(payload).Pong(payload).Bytes;
            for (int cut = 0; cut <= wire.Length; cut++)
            {
                Assert.Equal(["ping: " + payload, "pong: " + payload], Replay.Run(role, MessageLimits.Default, wire, cut));
            }

            if (size >= 2)
            {
                byte[] close = new Wire(server).Close(3000, payload[2..]).Bytes;
                for (int cut = 0; cut <= close.Length; cut++)
                {
                    Assert.Equal(["close: 3000 " + payload[2..]], Replay.Run(role, MessageLimits.Default, close, cut));
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_of_65536_close_codes_is_taken_or_refused(bool server)
    {
        List<int> taken = [];
        for (int code = 0; code <= 0xFFFF; code++)
        {
            byte[] wire = new Wire(server).Close(code).Bytes;
            var session = new Session(server ? Role.Server : Role.Client, MessageLimits.Default);
            Span<byte> input = wire;
            var found = default(SessionEvent);
            Assert.True(session.TryRead(ref input, ref found));
            if (found.Kind == ClosingEvent.PeerClose)
            {
                Assert.Equal((CloseCode)code, ClosePayload.Read(found.Payload).Code);
                taken.Add(code);
            }
            else
            {
                Assert.Equal((ClosingEvent.Violation, CloseCode.ProtocolError), (found.Kind, found.Violation!.Code));
            }
        }

        // RFC 6455 §7.4.1 and the IANA registry: 1004 is reserved, 1005, 1006 and 1015 are never sent
        Assert.Equal([.. Range(1000, 1003), .. Range(1007, 1014), .. Range(3000, 4999)], taken);

        static IEnumerable<int> Range(int first, int last) => Enumerable.Range(first, last - first + 1);
    }

    [Theory]
    [InlineData("abc\u00FF", 0x03E8, 6, "violation: 1007 §5.5.1")] // the reason's fourth byte is bad
    [InlineData("\u00E0\u0080", 0x03E8, 4, "violation: 1007 §5.5.1")]
    [InlineData("", 0x03ED, 2, "violation: 1002 §7.4")] // 1005
    [InlineData("", 0x0000, 2, "violation: 1002 §7.4")]
    public void A_bad_close_frame_is_seen_before_it_is_all_there(string reason, int code, int body, string expected)
    {
        foreach (bool server in (ReadOnlySpan<bool>)[false, true])
        {
            Role role = server ? Role.Server : Role.Client;
            byte[] wire = new Wire(server).Close(code, reason + new string('x', 20)).Bytes;
            int head = server ? 6 : 2;
            Assert.Empty(Replay.Run(role, MessageLimits.Default, wire[..(head + body - 1)]));
            Assert.Equal([expected], Replay.Run(role, MessageLimits.Default, wire[..(head + body)]));
            Assert.Equal([expected], Replay.ByteByByte(role, MessageLimits.Default, wire[..(head + body)]));
        }
    }

    [Theory]
    [InlineData("ab\u00C0", 3)]
    [InlineData("\u00ED\u00A0", 2)]
    [InlineData("\u00F4\u0090", 2)]
    [InlineData("0123456789012345678901234567890123456789\u0080", 41)]
    public void Bad_text_is_seen_at_its_first_impossible_byte(string text, int bad)
    {
        foreach (bool server in (ReadOnlySpan<bool>)[false, true])
        foreach (bool fin in (ReadOnlySpan<bool>)[false, true])
        {
            Role role = server ? Role.Server : Role.Client;
            byte[] wire = new Wire(server).Text(text + new string('x', 50), fin).Bytes;
            int head = server ? 6 : 2;
            Assert.DoesNotContain("violation: 1007 §8.1", Replay.Run(role, MessageLimits.Default, wire[..(head + bad - 1)]));
            Assert.Equal(["violation: 1007 §8.1"], Replay.Run(role, MessageLimits.Default, wire[..(head + bad)]));
            Assert.Equal(["violation: 1007 §8.1"], Replay.ByteByByte(role, MessageLimits.Default, wire[..(head + bad)]));
        }
    }

    [Fact]
    public void Nothing_is_read_after_an_event_that_ends_the_reading_even_before_it_is_stepped()
    {
        foreach (byte[] end in new[] { new Wire(false).Close(1000).Bytes, [0xFF] })
        {
            var session = new Session(Role.Client, MessageLimits.Default);
            byte[] bytes = [.. end, .. new Wire(false).Text("never").Bytes];
            Span<byte> input = bytes;
            var found = default(SessionEvent);
            Assert.True(session.TryRead(ref input, ref found));
            Assert.False(session.TryRead(ref input, ref found));
            Assert.True(input.IsEmpty);
        }
    }

    [Fact]
    public void After_our_close_frames_are_still_read_and_still_judged()
    {
        var session = new Session(Role.Client, MessageLimits.Default);
        Assert.Equal(ClosingActions.SendClose | ClosingActions.StartDeadline, session.Step(ClosingEvent.LocalClose));
        Span<byte> input = new Wire(false).Text("late").Ping("p").Close(1000).Bytes;
        var found = default(SessionEvent);
        Assert.True(session.TryRead(ref input, ref found));
        Assert.Equal((ClosingEvent.Data, ClosingActions.None), (found.Kind, session.Look(found.Kind)));
        Assert.True(session.TryRead(ref input, ref found));
        Assert.Equal((ClosingEvent.Ping, ClosingActions.None), (found.Kind, session.Look(found.Kind)));
        Assert.True(session.TryRead(ref input, ref found));
        Assert.Equal(ClosingEvent.PeerClose, found.Kind);
        Assert.Equal(ClosingActions.Deliver, session.Step(found.Kind));
        Assert.Equal(ClosingState.Acknowledged, session.State);
    }

    [Fact]
    public void Payload_is_unmasked_where_it_lies()
    {
        byte[] bytes = new Wire(true).Text("in place").Bytes;
        var session = new Session(Role.Server, MessageLimits.Default);
        Span<byte> input = bytes;
        var found = default(SessionEvent);
        Assert.True(session.TryRead(ref input, ref found));
        Assert.True(found.Payload.Overlaps(bytes, out int offset));
        Assert.Equal(-6, offset < 0 ? offset : -offset);
        Assert.Equal("in place"u8, bytes.AsSpan(6));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Ten_thousand_small_frames_allocate_nothing(bool server, bool text)
    {
        byte[] frame = new Wire(server).Frame(text ? 0x81 : 0x82, "sixteen bytes ok"u8.ToArray()).Bytes;
        byte[] buffer = new byte[frame.Length];
        var session = new Session(server ? Role.Server : Role.Client, MessageLimits.Default);
        Assert.Equal(1000, Read(1000));
        int read = 0;
        Assert.Equal(0, Allocations.Least(() => read = Read(10_000)));
        Assert.Equal(10_000, read);

        int Read(int count)
        {
            int messages = 0;
            for (int i = 0; i < count; i++)
            {
                frame.CopyTo(buffer, 0);
                Span<byte> input = buffer;
                var found = default(SessionEvent);
                while (session.TryRead(ref input, ref found))
                {
                    messages += found.EndOfMessage && found.Payload.Length == 16 && session.Look(found.Kind) == ClosingActions.Deliver ? 1 : 0;
                }
            }

            return messages;
        }
    }
}
