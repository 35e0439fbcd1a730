using System.Text;

namespace Sockeye.Conformance.Wire;

/// <summary>Something that a peer did: a whole message, a control frame, an end.</summary>
internal sealed record PeerEvent(PeerEventKind Kind, byte[] Payload)
{
    public static readonly PeerEvent Silence = new(PeerEventKind.Silence, []);

    public static PeerEvent Text(byte[] payload) => new(PeerEventKind.Text, payload);

    public static PeerEvent Text(string text) => new(PeerEventKind.Text, Encoding.UTF8.GetBytes(text));

    public static PeerEvent Binary(byte[] payload) => new(PeerEventKind.Binary, payload);

    public static PeerEvent Pong(byte[] payload) => new(PeerEventKind.Pong, payload);

    public static PeerEvent Pong(string text) => Pong(Encoding.UTF8.GetBytes(text));

    public static PeerEvent Ended(string how) => new(PeerEventKind.Ended, Encoding.UTF8.GetBytes(how));

    public static PeerEvent Fault(string what) => new(PeerEventKind.Fault, Encoding.UTF8.GetBytes(what));

    /// <summary>The code of a close frame; 1005 for none.</summary>
    public int Code => Payload.Length < 2 ? 1005 : (Payload[0] << 8) | Payload[1];

    /// <summary>Whether nothing comes after it.</summary>
    public bool IsLast => Kind is PeerEventKind.Close or PeerEventKind.Ended or PeerEventKind.Fault;

    public bool Matches(PeerEvent other) => Kind == other.Kind && Payload.AsSpan().SequenceEqual(other.Payload);

    public override string ToString() => Kind switch
    {
        PeerEventKind.Close => $"close {Code}",
        PeerEventKind.Ended or PeerEventKind.Fault => Encoding.UTF8.GetString(Payload),
        PeerEventKind.Silence => "silence",
        _ => $"{Kind.ToString().ToLowerInvariant()} of {Payload.Length}{Sample()}",
    };

    private string Sample() => Payload.Length == 0 ? "" : $" ({Convert.ToHexStringLower(Payload.AsSpan(0, Math.Min(Payload.Length, 12)))}{(Payload.Length > 12 ? "..." : "")})";
}
