namespace Sockeye;

/// <summary>
/// The forms that WebSocket took from 2010 to 2011, one of them or a set. What each can do is told by <see cref="DialectTraits"/>.
/// </summary>
/// <remarks>
/// All but <see cref="Rfc6455"/> are of historical interest: no browser since 2012 speaks them. <see cref="Hixie75"/> has no proof that the
/// server understood the handshake, and none of the 2010 dialects masks what a client sends.
/// </remarks>
[Flags]
public enum WebSocketDialects
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>RFC 6455, version 13: what everybody speaks since December 2011.</summary>
    Rfc6455 = 1,

    /// <summary>The drafts hybi-08 to hybi-12 of 2011, version 8: the frames of RFC 6455, fewer close codes.</summary>
    Hybi08 = 2,

    /// <summary>The draft hybi-07 of April 2011, version 7: the frames of RFC 6455, five close codes.</summary>
    Hybi07 = 4,

    /// <summary>The draft hixie-76 of May 2010, which is hybi-00 too: a challenge of two keys and eight bytes, text between 00 and FF.</summary>
    Hixie76 = 8,

    /// <summary>
    /// The framing of August 2010: a type byte and a 64-bit length. Its handshake is that of <see cref="Hixie76"/>, so a server speaks
    /// one of the two: nothing on the wire tells them apart.
    /// </summary>
    August2010 = 16,

    /// <summary>The draft hixie-75 of February 2010: no challenge, text between 00 and FF, no closing frame.</summary>
    Hixie75 = 32,

    /// <summary>All that a server can tell apart: all but <see cref="August2010"/>.</summary>
    All = Rfc6455 | Hybi08 | Hybi07 | Hixie76 | Hixie75,
}
