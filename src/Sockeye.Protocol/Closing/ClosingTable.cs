using Sockeye.Protocol.Frames;
using static Sockeye.Protocol.Closing.ClosingActions;
using static Sockeye.Protocol.Closing.ClosingState;

namespace Sockeye.Protocol.Closing;

/// <summary>
/// The closing of a connection, all of it: (state, event) → (state, actions). Two laws: nothing else decides how a connection
/// closes, and both roles are judged by the same cells. What differs is two rules of their own below the table: the server ends the
/// TCP connection first (RFC 6455 §7.1.1), so that the waiting state of TCP stays with the server, where in 2010 either end may; and
/// where there is no closing frame, the end of the stream stands for it.
/// </summary>
internal static class ClosingTable
{
    // Rows: states. Columns: events, in the order of ClosingEvent.
    private static readonly (ClosingState State, ClosingActions Actions)[][] s_cells =
    [
        // Open
        [
            /* Data */ (Open, Deliver),
            /* Ping */ (Open, Deliver | SendPong),
            /* Pong */ (Open, Deliver),
            /* PeerClose */ (ClosedByPeer, Deliver | SendClose | StartDeadline),
            /* Violation */ (Failed, SendClose | ShutdownSend | StartDeadline),
            /* LocalClose */ (ClosedByUs, SendClose | StartDeadline),
            /* PeerSilent */ (Failed, SendClose | Cut),
            /* Deadline */ (Open, None),
            /* Abort */ (Failed, Cut),
            /* LinkEnded */ (Ended, Cut),
        ],

        // ClosedByUs: pings are not answered, since nothing may follow a close frame (RFC 6455 §5.5.1)
        [
            /* Data */ (ClosedByUs, None),
            /* Ping */ (ClosedByUs, None),
            /* Pong */ (ClosedByUs, Deliver),
            /* PeerClose */ (Acknowledged, Deliver),
            /* Violation */ (Failed, ShutdownSend),
            /* LocalClose */ (ClosedByUs, None),
            /* PeerSilent */ (Failed, Cut),
            /* Deadline */ (Failed, Cut),
            /* Abort */ (Failed, Cut),
            /* LinkEnded */ (Ended, Cut),
        ],

        // Whatever comes after a close frame or a violation is not looked at (RFC 6455 §5.5.1, §7.1.7): only the link's end is awaited.
        OnlyTheLinkIsLeft(ClosedByPeer),
        OnlyTheLinkIsLeft(Acknowledged),
        OnlyTheLinkIsLeft(Failed),

        // Ended
        [.. Enumerable.Repeat((Ended, None), Enum.GetValues<ClosingEvent>().Length)],
    ];

    /// <summary>Looks a cell up.</summary>
    public static (ClosingState State, ClosingActions Actions) Step(
        ClosingState state, ClosingEvent what, Role role, DialectTraits traits = DialectTraits.CloseFrame | DialectTraits.ServerEndsLink)
    {
        var (next, actions) = s_cells[(int)state][(int)what];
        bool bothClosed = what == ClosingEvent.PeerClose && (state is Open or ClosedByUs);
        if (bothClosed && (role == Role.Server || (traits & DialectTraits.ServerEndsLink) == 0))
        {
            actions |= ShutdownSend;
        }

        return (traits & DialectTraits.CloseFrame) == 0 && (actions & SendClose) != 0
            ? (next, (actions & ~SendClose) | ShutdownSend)
            : (next, actions);
    }

    /// <summary>Whether frames are still read: after a close frame or a violation bytes are only counted and dropped.</summary>
    public static bool ReadsFrames(ClosingState state) => state is Open or ClosedByUs;

    /// <summary>Whether data goes to the application: the table's word for it, which a test holds it to, for each single message.</summary>
    public static bool DeliversData(ClosingState state) => state == Open;

    /// <summary>Whether a message may still be sent.</summary>
    public static bool MaySend(ClosingState state) => state == Open;

    private static (ClosingState State, ClosingActions Actions)[] OnlyTheLinkIsLeft(ClosingState state) =>
    [
        /* Data */ (state, None),
        /* Ping */ (state, None),
        /* Pong */ (state, None),
        /* PeerClose */ (state, None),
        /* Violation */ (state, None),
        /* LocalClose */ (state, None),
        /* PeerSilent */ (state, Cut),
        /* Deadline */ (state, Cut),
        /* Abort */ (state, Cut),
        /* LinkEnded */ (Ended, Cut),
    ];
}
