using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Handshake;

/// <summary>Which of the offered subprotocols a server takes (RFC 6455 §4.2.2, item 5). Case counts unless a list says otherwise.</summary>
internal sealed class SubProtocolChoice
{
    private readonly Func<RequestHead, IReadOnlyList<string>, string?> _select;
    private readonly bool _required;
    private readonly bool _refusesOffers;
    private readonly StringComparer _comparer;

    private SubProtocolChoice(
        Func<RequestHead, IReadOnlyList<string>, string?> select, bool required, bool refusesOffers = false, StringComparer? comparer = null)
    {
        _select = select;
        _required = required;
        _refusesOffers = refusesOffers;
        _comparer = comparer ?? StringComparer.Ordinal;
    }

    /// <summary>Serves none: offers are left unanswered.</summary>
    public static SubProtocolChoice None { get; } = new((_, _) => null, required: false);

    /// <summary>Serves none, and refuses clients that offer any.</summary>
    public static SubProtocolChoice Refused { get; } = new((_, _) => null, required: false, refusesOffers: true);

    /// <summary>Takes the client's first, whatever it is.</summary>
    public static SubProtocolChoice Any { get; } = new((_, offered) => offered.Count > 0 ? offered[0] : null, required: false);

    /// <summary>Takes the client's first that is served: clients list theirs in order of preference (RFC 6455 §1.9).</summary>
    /// <param name="served">The subprotocols served, in any order.</param>
    /// <param name="required">Refuses clients that offer none of them, instead of going on without.</param>
    /// <param name="ignoreCase">Compares without regard to ASCII case; the answer has the spelling of <paramref name="served"/>.</param>
    /// <exception cref="ArgumentException">A name is no token.</exception>
    public static SubProtocolChoice Of(IEnumerable<string> served, bool required = false, bool ignoreCase = false)
    {
        ArgumentNullException.ThrowIfNull(served);
        StringComparer comparer = ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var names = new HashSet<string>(served, comparer);
        foreach (string name in names)
            if (!AsciiTokens.IsToken(name)) throw new ArgumentException("A subprotocol is a token: letters, digits and !#$%&'*+-.^_`|~.", nameof(served));
        return new SubProtocolChoice(
            (_, offered) => offered.Select(name => names.TryGetValue(name, out string? own) ? own : null).FirstOrDefault(own => own is not null),
            required,
            comparer: comparer);
    }

    /// <summary>Takes what a function picks among those offered; null for none.</summary>
    public static SubProtocolChoice By(Func<RequestHead, IReadOnlyList<string>, string?> select, bool required = false)
    {
        ArgumentNullException.ThrowIfNull(select);
        return new SubProtocolChoice(select, required);
    }

    /// <summary>The choice that a server's settings come to; the first that is set counts.</summary>
    public static SubProtocolChoice From(
        Func<RequestHead, IReadOnlyList<string>, string?>? select, bool any, IEnumerable<string> served, bool required, bool ignoreCase, bool refusesOffers) =>
        select is not null ? By(select, required)
        : any ? Any
        : served.Any() ? Of(served, required, ignoreCase)
        : refusesOffers ? Refused
        : None;

    /// <summary>Chooses; null when the handshake may go on.</summary>
    /// <exception cref="InvalidOperationException">The function picked one that was not offered; clients must fail on that.</exception>
    public HandshakeRejection? Choose(RequestHead head, IReadOnlyList<string> offered, out string? chosen)
    {
        chosen = null;
        if (_refusesOffers && offered.Count > 0)
            return Bad(HandshakeError.SubProtocolOffered, "The Sec-WebSocket-Protocol header offers a subprotocol, and this server serves none.");
        chosen = _select(head, offered);
        if (chosen is not null && !offered.Contains(chosen, _comparer))
            throw new InvalidOperationException($"The subprotocol '{chosen}' was chosen, but the client did not offer it.");
        if (chosen is not null || !_required) return null;
        return offered.Count == 0
            ? Bad(HandshakeError.NoSubProtocolOffered, "The Sec-WebSocket-Protocol header is missing, and this server needs a subprotocol.")
            : Bad(HandshakeError.NoCommonSubProtocol, "The Sec-WebSocket-Protocol header offers no subprotocol that this server serves, and it needs one.");
    }

    private static HandshakeRejection Bad(HandshakeError error, string message) => new(error, 400, message);
}
