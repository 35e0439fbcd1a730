using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Handshake;

/// <summary>Which of the offered subprotocols a server takes (RFC 6455 §4.2.2, item 5). Names are compared exactly: case counts.</summary>
internal sealed class SubProtocolChoice
{
    private readonly Func<RequestHead, IReadOnlyList<string>, string?> _select;
    private readonly bool _required;

    private SubProtocolChoice(Func<RequestHead, IReadOnlyList<string>, string?> select, bool required)
    {
        _select = select;
        _required = required;
    }

    /// <summary>Serves none: offers are left unanswered.</summary>
    public static SubProtocolChoice None { get; } = new((_, _) => null, required: false);

    /// <summary>Takes the client's first, whatever it is.</summary>
    public static SubProtocolChoice Any { get; } = new((_, offered) => offered.Count > 0 ? offered[0] : null, required: false);

    /// <summary>Takes the client's first that is served: clients list theirs in order of preference (RFC 6455 §1.9).</summary>
    /// <param name="served">The subprotocols served, in any order.</param>
    /// <param name="required">Refuses clients that offer none of them, instead of going on without.</param>
    /// <exception cref="ArgumentException">A name is no token.</exception>
    public static SubProtocolChoice Of(IEnumerable<string> served, bool required = false)
    {
        ArgumentNullException.ThrowIfNull(served);
        var names = new HashSet<string>(served, StringComparer.Ordinal);
        foreach (string name in names)
            if (!AsciiTokens.IsToken(name)) throw new ArgumentException("A subprotocol is a token: letters, digits and !#$%&'*+-.^_`|~.", nameof(served));
        return new SubProtocolChoice((_, offered) => offered.FirstOrDefault(names.Contains), required);
    }

    /// <summary>Takes what a function picks among those offered; null for none.</summary>
    public static SubProtocolChoice By(Func<RequestHead, IReadOnlyList<string>, string?> select, bool required = false)
    {
        ArgumentNullException.ThrowIfNull(select);
        return new SubProtocolChoice(select, required);
    }

    /// <summary>Chooses; null when the handshake may go on.</summary>
    /// <exception cref="InvalidOperationException">The function picked one that was not offered; clients must fail on that.</exception>
    public HandshakeRejection? Choose(RequestHead head, IReadOnlyList<string> offered, out string? chosen)
    {
        chosen = _select(head, offered);
        if (chosen is not null && !offered.Contains(chosen, StringComparer.Ordinal))
            throw new InvalidOperationException($"The subprotocol '{chosen}' was chosen, but the client did not offer it.");
        return chosen is null && _required
            ? new HandshakeRejection(HandshakeError.NoCommonSubProtocol, 400, "The Sec-WebSocket-Protocol header offers no subprotocol that this server serves, and it needs one.")
            : null;
    }
}
