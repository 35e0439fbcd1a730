using Sockeye.Protocol.Framing;

namespace Sockeye.Protocol.Dialects;

/// <summary>One row of the table of dialects: handshake, framing and traits. Take a row out, and its dialect is gone.</summary>
/// <param name="Name">Which it is.</param>
/// <param name="Label">Its name among people, and on the command line.</param>
/// <param name="Version">Sec-WebSocket-Version; 0 where there is no such header.</param>
/// <param name="Handshake">How it opens.</param>
/// <param name="Framing">How messages are framed.</param>
/// <param name="Traits">What it can do.</param>
/// <param name="CloseCodes">The codes that a close frame may carry.</param>
internal sealed record Dialect(
    WebSocketDialects Name, string Label, int Version, HandshakeKind Handshake, FramingKind Framing, DialectTraits Traits, CloseCodeTable CloseCodes)
{
    private const DialectTraits Hybi = DialectTraits.CloseFrame | DialectTraits.CloseCodes | DialectTraits.Ping | DialectTraits.Binary
        | DialectTraits.Fragments | DialectTraits.Masking | DialectTraits.ServerEndsLink;

    public static readonly Dialect Rfc6455 = new(
        WebSocketDialects.Rfc6455, "rfc6455", 13, HandshakeKind.AcceptKey, FramingKind.Hybi, Hybi | DialectTraits.Extensions, CloseCodeTable.Rfc6455);

    /// <summary>All rows, the newest first.</summary>
    public static readonly IReadOnlyList<Dialect> Table =
    [
        Rfc6455,
        new(WebSocketDialects.Hybi08, "hybi-08", 8, HandshakeKind.AcceptKey, FramingKind.Hybi, Hybi, CloseCodeTable.Draft08),
        new(WebSocketDialects.Hybi07, "hybi-07", 7, HandshakeKind.AcceptKey, FramingKind.Hybi, Hybi, CloseCodeTable.Draft07),
        new(WebSocketDialects.August2010, "august-2010", 0, HandshakeKind.Challenge, FramingKind.TypeLength, DialectTraits.CloseFrame, CloseCodeTable.None),
        new(WebSocketDialects.Hixie76, "hixie-76", 0, HandshakeKind.Challenge, FramingKind.Sentinel, DialectTraits.CloseFrame, CloseCodeTable.None),
        new(WebSocketDialects.Hixie75, "hixie-75", 0, HandshakeKind.HeadsOnly, FramingKind.Sentinel, DialectTraits.None, CloseCodeTable.None),
    ];

    /// <summary>The row of one dialect.</summary>
    /// <exception cref="ArgumentException">It is none, several, or unknown.</exception>
    public static Dialect Of(WebSocketDialects one) =>
        Table.FirstOrDefault(row => row.Name == one)
        ?? throw new ArgumentException($"'{one}' is not one dialect.", nameof(one));

    /// <summary>Whether a page's origin may be in Sec-WebSocket-Origin, as in hybi-07 to hybi-10.</summary>
    public bool HasDraftOrigin => Version is 7 or 8;

    /// <summary>Whether the close codes are those of a draft.</summary>
    public bool HasDraftCodes => CloseCodes.Has1004;

    /// <summary>Whether the dialect has all of these traits.</summary>
    public bool Has(DialectTraits traits) => (Traits & traits) == traits;

    /// <summary>Throws if the dialect lacks a trait.</summary>
    /// <exception cref="NotSupportedException">It does.</exception>
    public void Require(DialectTraits trait, string what)
    {
        if (!Has(trait))
        {
            throw new NotSupportedException($"{Label} has no {what}. Ask WebSocketConnection.Traits before.");
        }
    }

    /// <summary>Throws if a set of dialects cannot be spoken.</summary>
    /// <exception cref="ArgumentException">It is empty, has unknown members, or two that nothing tells apart.</exception>
    public static void CheckSet(WebSocketDialects set, string parameter)
    {
        if (set == WebSocketDialects.None || (set & ~(WebSocketDialects.All | WebSocketDialects.August2010)) != 0)
        {
            throw new ArgumentException($"'{set}' is no set of dialects: name at least one.", parameter);
        }

        if (set.HasFlag(WebSocketDialects.August2010 | WebSocketDialects.Hixie76))
        {
            throw new ArgumentException("Hixie76 and August2010 have the same handshake, so nothing tells them apart: choose one.", parameter);
        }
    }
}
