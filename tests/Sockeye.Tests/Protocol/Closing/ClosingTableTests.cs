using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Frames;
using static Sockeye.Protocol.Closing.ClosingActions;
using static Sockeye.Protocol.Closing.ClosingState;

namespace Sockeye.Tests.Protocol.Closing;

public sealed class ClosingTableTests
{
    private static readonly ClosingState[] States = [Open, ClosedByUs, ClosedByPeer, Acknowledged, Failed, Ended];

    private static readonly ClosingEvent[] Events =
    [
        ClosingEvent.Data, ClosingEvent.Ping, ClosingEvent.Pong, ClosingEvent.PeerClose, ClosingEvent.Violation,
        ClosingEvent.LocalClose, ClosingEvent.PeerSilent, ClosingEvent.Deadline, ClosingEvent.Abort, ClosingEvent.LinkEnded,
    ];

    // From, event, client's end, server's end. Actions: D deliver, P pong, C close frame, S shut down, T start the deadline, X cut.
    private const string Expected = """
        Open         Data        Open D             Open D
        Open         Ping        Open DP            Open DP
        Open         Pong        Open D             Open D
        # §5.5.1: a close frame is answered; §7.1.1: the server ends the link first
        Open         PeerClose   ClosedByPeer DCT   ClosedByPeer DCST
        # §7.1.7: fail the connection: tell why, send no more, wait a while for the peer's end
        Open         Violation   Failed CST         Failed CST
        Open         LocalClose  ClosedByUs CT      ClosedByUs CT
        Open         PeerSilent  Failed CX          Failed CX
        # no close is going on, so no deadline is running: one that comes late is nothing
        Open         Deadline    Open -             Open -
        Open         Abort       Failed X           Failed X
        Open         LinkEnded   Ended X            Ended X
        # after our close frame the application gets no messages, and §5.5.1 nothing may be sent, not even a pong
        ClosedByUs   Data        ClosedByUs -       ClosedByUs -
        ClosedByUs   Ping        ClosedByUs -       ClosedByUs -
        ClosedByUs   Pong        ClosedByUs D       ClosedByUs D
        # the second close frame ends the handshake: no third
        ClosedByUs   PeerClose   Acknowledged D     Acknowledged DS
        ClosedByUs   Violation   Failed S           Failed S
        ClosedByUs   LocalClose  ClosedByUs -       ClosedByUs -
        ClosedByUs   PeerSilent  Failed X           Failed X
        ClosedByUs   Deadline    Failed X           Failed X
        ClosedByUs   Abort       Failed X           Failed X
        ClosedByUs   LinkEnded   Ended X            Ended X
        # §1.4: after the peer's close frame nothing that comes counts
        ClosedByPeer Data        ClosedByPeer -     ClosedByPeer -
        ClosedByPeer Ping        ClosedByPeer -     ClosedByPeer -
        ClosedByPeer Pong        ClosedByPeer -     ClosedByPeer -
        ClosedByPeer PeerClose   ClosedByPeer -     ClosedByPeer -
        ClosedByPeer Violation   ClosedByPeer -     ClosedByPeer -
        # the peer was answered already
        ClosedByPeer LocalClose  ClosedByPeer -     ClosedByPeer -
        ClosedByPeer PeerSilent  ClosedByPeer X     ClosedByPeer X
        ClosedByPeer Deadline    ClosedByPeer X     ClosedByPeer X
        ClosedByPeer Abort       ClosedByPeer X     ClosedByPeer X
        ClosedByPeer LinkEnded   Ended X            Ended X
        # both close frames are out: only the link is left
        Acknowledged Data        Acknowledged -     Acknowledged -
        Acknowledged Ping        Acknowledged -     Acknowledged -
        Acknowledged Pong        Acknowledged -     Acknowledged -
        Acknowledged PeerClose   Acknowledged -     Acknowledged -
        Acknowledged Violation   Acknowledged -     Acknowledged -
        Acknowledged LocalClose  Acknowledged -     Acknowledged -
        Acknowledged PeerSilent  Acknowledged X     Acknowledged X
        Acknowledged Deadline    Acknowledged X     Acknowledged X
        Acknowledged Abort       Acknowledged X     Acknowledged X
        Acknowledged LinkEnded   Ended X            Ended X
        # §7.1.7: what comes after failing is not processed
        Failed       Data        Failed -           Failed -
        Failed       Ping        Failed -           Failed -
        Failed       Pong        Failed -           Failed -
        Failed       PeerClose   Failed -           Failed -
        Failed       Violation   Failed -           Failed -
        Failed       LocalClose  Failed -           Failed -
        Failed       PeerSilent  Failed X           Failed X
        Failed       Deadline    Failed X           Failed X
        Failed       Abort       Failed X           Failed X
        Failed       LinkEnded   Ended X            Ended X
        # over is over
        Ended        Data        Ended -            Ended -
        Ended        Ping        Ended -            Ended -
        Ended        Pong        Ended -            Ended -
        Ended        PeerClose   Ended -            Ended -
        Ended        Violation   Ended -            Ended -
        Ended        LocalClose  Ended -            Ended -
        Ended        PeerSilent  Ended -            Ended -
        Ended        Deadline    Ended -            Ended -
        Ended        Abort       Ended -            Ended -
        Ended        LinkEnded   Ended -            Ended -
        """;

    [Fact]
    public void The_table_knows_these_states_and_events()
    {
        Assert.Equal(States, Enum.GetValues<ClosingState>());
        Assert.Equal(Events, Enum.GetValues<ClosingEvent>());
    }

    [Fact]
    public void Every_cell_is_as_written_here()
    {
        string[][] rows =
        [
            .. Expected.Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        Assert.Equal(States.Length * Events.Length, rows.Select(row => row[0] + row[1]).Distinct().Count());
        foreach (string[] row in rows)
        {
            var (state, what) = (Enum.Parse<ClosingState>(row[0]), Enum.Parse<ClosingEvent>(row[1]));
            Assert.Equal($"{row[0]} {row[1]}: {row[2]} {row[3]}", $"{state} {what}: {Cell(state, what, Role.Client)}");
            Assert.Equal($"{row[0]} {row[1]}: {row[4]} {row[5]}", $"{state} {what}: {Cell(state, what, Role.Server)}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_2010_either_end_ends_the_link_after_both_closing_frames(bool server)
    {
        Role role = server ? Role.Server : Role.Client;
        foreach (var state in States)
        foreach (var what in Events)
        {
            var (next, actions) = ClosingTable.Step(state, what, role);
            bool both = what == ClosingEvent.PeerClose && (state is Open or ClosedByUs);
            Assert.Equal((next, both ? actions | ShutdownSend : actions), ClosingTable.Step(state, what, role, DialectTraits.CloseFrame));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_a_closing_frame_the_end_of_the_stream_stands_for_it(bool server)
    {
        Role role = server ? Role.Server : Role.Client;
        foreach (var state in States)
        foreach (var what in Events.Where(e => e != ClosingEvent.PeerClose)) // which nothing brings about there
        {
            var (next, actions) = ClosingTable.Step(state, what, role);
            var expected = actions.HasFlag(SendClose) ? (actions & ~SendClose) | ShutdownSend : actions;
            Assert.Equal((next, expected), ClosingTable.Step(state, what, role, DialectTraits.None));
        }

        Assert.Equal((ClosedByUs, ShutdownSend | StartDeadline), ClosingTable.Step(Open, ClosingEvent.LocalClose, role, DialectTraits.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ended_is_the_end_and_is_reached_from_everywhere(bool server)
    {
        Role role = server ? Role.Server : Role.Client;
        Assert.All(Events, what => Assert.Equal((Ended, None), ClosingTable.Step(Ended, what, role)));
        Assert.All(States, state => Assert.Equal(Ended, ClosingTable.Step(state, ClosingEvent.LinkEnded, role).State));
        Assert.All(
            [ClosedByUs, ClosedByPeer, Acknowledged, Failed],
            state => Assert.True(ClosingTable.Step(state, ClosingEvent.Deadline, role).Actions.HasFlag(Cut)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_path_of_five_events_breaks_a_law(bool server)
    {
        int[] paths = [0];
        Walk(server ? Role.Server : Role.Client, new Path(Open, 0, false, false, false), 5, paths);
        Assert.Equal(111_110, paths[0]); // 10 + 100 + ... + 100,000
    }

    [Fact]
    public void Frames_are_read_until_a_close_frame_came_or_a_rule_broke()
    {
        Assert.Equal([Open, ClosedByUs], States.Where(ClosingTable.ReadsFrames));
        Assert.Equal([Open], States.Where(ClosingTable.MaySend));
        Assert.Equal(
            States.Where(state => (ClosingTable.Step(state, ClosingEvent.Data, Role.Server).Actions & ClosingActions.Deliver) != 0),
            States.Where(ClosingTable.DeliversData));
    }

    private static string Cell(ClosingState state, ClosingEvent what, Role role)
    {
        var (next, actions) = ClosingTable.Step(state, what, role);
        (ClosingActions Flag, char Letter)[] letters =
            [(Deliver, 'D'), (SendPong, 'P'), (SendClose, 'C'), (ShutdownSend, 'S'), (StartDeadline, 'T'), (Cut, 'X')];
        string shown = string.Concat(letters.Where(pair => actions.HasFlag(pair.Flag)).Select(pair => pair.Letter));
        return $"{next} {(shown.Length == 0 ? "-" : shown)}";
    }

    private static void Walk(Role role, Path path, int left, int[] paths)
    {
        if (left == 0)
        {
            return;
        }

        foreach (ClosingEvent what in Events)
        {
            paths[0]++;
            var (next, actions) = ClosingTable.Step(path.State, what, role);
            int closes = path.Closes + (actions.HasFlag(SendClose) ? 1 : 0);
            bool sends = (actions & (SendClose | SendPong)) != 0;
            Check(closes <= 1, "two close frames");
            Check(!(sends && (path.Closes > 0 || path.Shut)), "something is sent after a close frame or after sending was shut down");
            Check(!(actions.HasFlag(Deliver) && path.PeerDone), "something is delivered after a close frame, a violation or the end");
            Check(next == Open || path.Deadline || (actions & (StartDeadline | Cut)) != 0, "a close that no deadline ends");
            Check(path.State == Open || next != Open, "back to open");
            Walk(
                role,
                new Path(
                    next,
                    closes,
                    path.Shut || actions.HasFlag(ShutdownSend),
                    path.PeerDone || next is ClosedByPeer or Acknowledged or Failed or Ended,
                    next != Open),
                left - 1,
                paths);

            void Check(bool kept, string law)
            {
                if (!kept)
                {
                    Assert.Fail($"{law}: {path} {what} -> {next} {actions}");
                }
            }
        }
    }

    private sealed record Path(ClosingState State, int Closes, bool Shut, bool PeerDone, bool Deadline);
}
