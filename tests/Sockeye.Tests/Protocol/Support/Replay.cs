using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;
using System.Text;
using Sockeye.Protocol.Closing;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;
using Sockeye.Protocol.Framing;
using Sockeye.Protocol.Sessions;

namespace Sockeye.Tests.Protocol.Support;

/// <summary>
/// Feeds bytes to a session, cut as asked, and tells what came of it in lines that do not depend on the cuts:
/// pieces of one message that follow one another are put together.
/// </summary>
internal sealed class Replay : IDisposable
{
    private readonly Session _session;
    private readonly List<string> _lines = [];
    private readonly List<byte> _piece = [];
    private MessageType? _open;
    private bool _over;

    private Replay(Role role, MessageLimits limits, Dialect? dialect, DeflateParameters? deflate) =>
        _session = new Session(role, limits, dialect, deflate);

    public static List<string> Run(Role role, MessageLimits limits, byte[] wire, params ReadOnlySpan<int> cuts) =>
        Run(new Replay(role, limits, null, null), wire, cuts);

    public static List<string> Run(Dialect? dialect, Role role, MessageLimits limits, byte[] wire, params ReadOnlySpan<int> cuts) =>
        Run(new Replay(role, limits, dialect, null), wire, cuts);

    public static List<string> Run(Role role, MessageLimits limits, DeflateParameters? deflate, byte[] wire, params ReadOnlySpan<int> cuts) =>
        Run(new Replay(role, limits, null, deflate), wire, cuts);

    private static List<string> Run(Replay started, byte[] wire, ReadOnlySpan<int> cuts)
    {
        using var replay = started;
        int from = 0;
        foreach (int cut in cuts)
        {
            replay.Feed(wire.AsSpan(from, cut - from));
            from = cut;
        }

        replay.Feed(wire.AsSpan(from));
        replay.Flush("...");
        return replay._lines;
    }

    public static List<string> ByteByByte(Role role, MessageLimits limits, byte[] wire, DeflateParameters? deflate = null) =>
        Run(role, limits, deflate, wire, [.. Enumerable.Range(1, Math.Max(0, wire.Length - 1))]);

    /// <summary>A payload as a line shows it.</summary>
    public static string Show(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= 130)
        {
            return Encoding.Latin1.GetString(payload);
        }

        ulong sum = 14695981039346656037; // FNV-1a
        foreach (byte b in payload)
        {
            sum = (sum ^ b) * 1099511628211;
        }

        return $"[{payload.Length} bytes, {sum:x}]";
    }

    /// <summary>Lines for a complaint: what a terminal would obey is escaped.</summary>
    public static string Printable(IEnumerable<string> lines) => string.Concat(
        string.Join('\n', lines).Select(c => char.IsControl(c) && c != '\n' ? $"\\x{(int)c:X2}" : c.ToString()));

    public static string Show(Violation violation) => $"violation: {(int)violation.Code} {violation.Section.Replace("RFC 6455 ", "", StringComparison.Ordinal).Replace("RFC 7692 ", "", StringComparison.Ordinal)}";

    public void Dispose() => _session.Dispose();

    private void Feed(ReadOnlySpan<byte> piece)
    {
        byte[] own = piece.ToArray(); // exactly as long as the piece: reading past it fails
        Span<byte> input = own;
        var found = default(SessionEvent);
        while (_session.TryRead(ref input, ref found))
        {
            Assert.False(_over, "an event after the last one");
            Assert.True(!found.HeadInFront || found.Payload.IsEmpty || HasHeadInFront(found.Payload, own), "a head that is not in front");
            Take(found);
        }

        Assert.True(input.IsEmpty);
        own.AsSpan().Fill(0xDD); // what the session kept of it is wrong from now on
    }

    private static bool HasHeadInFront(ReadOnlySpan<byte> payload, Span<byte> piece)
    {
        nint offset = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(piece), ref MemoryMarshal.GetReference(payload));
        int head = HybiFraming.HeaderSize(payload.Length);
        return offset >= head && offset + payload.Length <= piece.Length;
    }

    private void Take(in SessionEvent found)
    {
        switch (found.Kind)
        {
            case ClosingEvent.Data:
                Assert.Null(found.Violation);
                Assert.True(_open is null || _open == found.Type);
                Assert.True(!found.EndOfMessage || found.FrameBytesLeft == 0);
                Assert.True(found.EndOfMessage || found.Payload.Length > 0);
                _open = found.Type;
                _piece.AddRange(found.Payload);
                if (found.EndOfMessage)
                {
                    Flush("");
                    _open = null;
                }

                return;
            case ClosingEvent.Ping or ClosingEvent.Pong:
                Flush("...");
                _lines.Add((found.Kind == ClosingEvent.Ping ? "ping: " : "pong: ") + Show(found.Payload));
                return;
            case ClosingEvent.PeerClose:
                Flush("...");
                var (code, reason) = ClosePayload.Read(found.Payload);
                _lines.Add($"close: {(int)code} {reason}");
                break;
            case ClosingEvent.Violation:
                if ((found.Violation!.Code == CloseCode.InvalidPayload && found.Violation.Section != "RFC 6455 §5.5.1") || found.Violation.Section == "RFC 7692 §8")
                {
                    _piece.Clear(); // how much of a piece was handed out before its bad byte depends on the cuts
                    _open = null;
                }

                Flush("...");
                _lines.Add(Show(found.Violation));
                break;
            default:
                Assert.Fail("an event that is not read from bytes: " + found.Kind);
                break;
        }

        _over = true;
        _session.Step(found.Kind);
    }

    private void Flush(string mark)
    {
        if (_open is { } type && (_piece.Count > 0 || mark.Length == 0))
        {
            _lines.Add((type == MessageType.Text ? "text" : "binary") + mark + ": " + Show(_piece.ToArray()));
            _piece.Clear();
        }
    }
}
