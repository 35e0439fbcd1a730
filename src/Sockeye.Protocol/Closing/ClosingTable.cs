using Sockeye.Protocol.Frames;
using static Sockeye.Protocol.Closing.ClosingActions;
using static Sockeye.Protocol.Closing.ClosingState;

namespace Sockeye.Protocol.Closing;

/// <summary>
/// The closing of a connection, all of it: (state, event) → (state, actions). Two laws: nothing else decides how a connection
/// closes, and both roles are judged by the same cells. The one difference between them is a rule of its own below the table:
/// the server ends the TCP connection first (RFC 6455 §7.1.1), so that the waiting state of TCP stays with the server.
/// </summary>
internal static class ClosingTable
{
    // Rows: states. Columns: events, in the order of ClosingEvent.
    private static readonly (ClosingState State, ClosingActions Actions)[,] s_cells =
    {
        // Open
        {
            /* Data */       (Open, Deliver),
            /* Ping */       (Open, Deliver | SendPong),
            /* Pong */       (Open, Deliver),
            /* PeerClose */  (ClosedByPeer, Deliver | SendClose | StartDeadline),
            /* Violation */  (Failed, SendClose | ShutdownSend | StartDeadline),
            /* LocalClose */ (ClosedByUs, SendClose | StartDeadline),
            /* PeerSilent */ (Failed, SendClose | Cut),
            /* Deadline */   (Open, None),
            /* Abort */      (Failed, Cut),
            /* LinkEnded */  (Ended, Cut),
        },

        // ClosedByUs: pings are not answered, since nothing may follow a close frame (RFC 6455 §5.5.1)
        {
            (ClosedByUs, None),
            (ClosedByUs, None),
            (ClosedByUs, Deliver),
            (Acknowledged, Deliver),
            (Failed, ShutdownSend),
            (ClosedByUs, None),
            (Failed, Cut),
            (Failed, Cut),
            (Failed, Cut),
            (Ended, Cut),
        },

        // ClosedByPeer: frames after a close frame are not looked at (RFC 6455 §5.5.1)
        {
            (ClosedByPeer, None),
            (ClosedByPeer, None),
            (ClosedByPeer, None),
            (ClosedByPeer, None),
            (ClosedByPeer, None),
            (ClosedByPeer, None),
            (ClosedByPeer, Cut),
            (ClosedByPeer, Cut),
            (ClosedByPeer, Cut),
            (Ended, Cut),
        },

        // Acknowledged
        {
            (Acknowledged, None),
            (Acknowledged, None),
            (Acknowledged, None),
            (Acknowledged, None),
            (Acknowledged, None),
            (Acknowledged, None),
            (Acknowledged, Cut),
            (Acknowledged, Cut),
            (Acknowledged, Cut),
            (Ended, Cut),
        },

        // Failed
        {
            (Failed, None),
            (Failed, None),
            (Failed, None),
            (Failed, None),
            (Failed, None),
            (Failed, None),
            (Failed, Cut),
            (Failed, Cut),
            (Failed, Cut),
            (Ended, Cut),
        },

        // Ended
        {
            (Ended, None),
            (Ended, None),
            (Ended, None),
            (Ended, None),
            (Ended, None),
            (Ended, None),
            (Ended, None),
            (Ended, None),
            (Ended, None),
            (Ended, None),
        },
    };

    /// <summary>Looks a cell up.</summary>
    public static (ClosingState State, ClosingActions Actions) Step(ClosingState state, ClosingEvent what, Role role)
    {
        var (next, actions) = s_cells[(int)state, (int)what];
        bool bothClosed = what == ClosingEvent.PeerClose && (state is Open or ClosedByUs);
        return bothClosed && role == Role.Server ? (next, actions | ShutdownSend) : (next, actions);
    }

    /// <summary>Whether frames are still read: after a close frame or a violation bytes are only counted and dropped.</summary>
    public static bool ReadsFrames(ClosingState state) => state is Open or ClosedByUs;

    /// <summary>Whether a message may still be sent.</summary>
    public static bool MaySend(ClosingState state) => state == Open;
}
