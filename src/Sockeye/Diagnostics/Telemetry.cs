using System.Diagnostics;
using System.Diagnostics.Metrics;
using Sockeye.Protocol.Frames;

namespace Sockeye.Diagnostics;

/// <summary>The library's meter and activity source, both named <c>Sockeye</c>. What nobody listens to costs one comparison.</summary>
internal static class Telemetry
{
    public const string Name = "Sockeye";

    private static readonly Meter s_meter = new(Name);
    private static readonly UpDownCounter<long> s_connections = s_meter.CreateUpDownCounter<long>(
        "sockeye.connections", "{connection}", "Open connections.");

    private static readonly Counter<long> s_handshakes = s_meter.CreateCounter<long>(
        "sockeye.handshakes", "{handshake}", "Opening handshakes by role and outcome.");

    private static readonly Counter<long> s_messages = s_meter.CreateCounter<long>(
        "sockeye.messages", "{message}", "Messages by direction.");

    private static readonly Counter<long> s_bytes = s_meter.CreateCounter<long>(
        "sockeye.message.bytes", "By", "Payload bytes of messages by direction.");

    private static readonly Counter<long> s_deflateInput = s_meter.CreateCounter<long>(
        "sockeye.deflate.input", "By", "Payload bytes that were compressed to be sent.");

    private static readonly Counter<long> s_deflateOutput = s_meter.CreateCounter<long>(
        "sockeye.deflate.output", "By", "What came of them.");

    private static readonly Counter<long> s_closes = s_meter.CreateCounter<long>(
        "sockeye.closes", "{connection}", "Ended connections by close code and by who began.");

    private static readonly KeyValuePair<string, object?> s_sent = new("sockeye.direction", "sent");
    private static readonly KeyValuePair<string, object?> s_received = new("sockeye.direction", "received");

    private static long s_backlog;

    static Telemetry() => s_meter.CreateObservableUpDownCounter(
        "sockeye.backlog", () => Interlocked.Read(ref s_backlog), "By", "Bytes that peers have not taken yet.");

    /// <summary>Spans of accepting and connecting.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    public static void Opened(Role role) => s_connections.Add(1, Tag(role));

    public static void Closed(Role role, CloseResult result)
    {
        s_connections.Add(-1, Tag(role));
        s_closes.Add(
            1,
            new KeyValuePair<string, object?>("sockeye.close.code", (int)result.Code),
            new KeyValuePair<string, object?>("sockeye.close.initiator", result.Initiator.ToString()));
    }

    public static void Handshake(string role, string outcome) => s_handshakes.Add(
        1, new KeyValuePair<string, object?>("sockeye.role", role), new KeyValuePair<string, object?>("sockeye.outcome", outcome));

    public static void SentPiece(int bytes, bool endOfMessage) => Message(bytes, s_sent, endOfMessage);

    public static void Deflated(int input, int output)
    {
        if (s_deflateInput.Enabled || s_deflateOutput.Enabled)
        {
            s_deflateInput.Add(input);
            s_deflateOutput.Add(output);
        }
    }

    public static void ReceivedPiece(int bytes, bool endOfMessage) => Message(bytes, s_received, endOfMessage);

    /// <summary>The backlog of one connection changed by so many bytes.</summary>
    public static void BacklogChanged(long by) => Interlocked.Add(ref s_backlog, by);

    private static KeyValuePair<string, object?> Tag(Role role) => new("sockeye.role", role == Role.Server ? "Server" : "Client");

    private static void Message(int bytes, KeyValuePair<string, object?> direction, bool endOfMessage)
    {
        if (endOfMessage && s_messages.Enabled)
        {
            s_messages.Add(1, direction);
        }

        if (s_bytes.Enabled)
        {
            s_bytes.Add(bytes, direction);
        }
    }
}
