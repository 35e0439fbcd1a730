using Sockeye.Protocol.Extensions.Deflate;

namespace Sockeye;

/// <summary>What a server wants of both ends where permessage-deflate is agreed on (RFC 7692 §7.1). Immutable.</summary>
public sealed record DeflateRules
{
    /// <summary>Whether the server's messages may refer to earlier ones. False by default.</summary>
    public bool ServerContextTakeover { get; init; }

    /// <summary>Whether the client's messages may refer to earlier ones. False by default.</summary>
    public bool ClientContextTakeover { get; init; }

    /// <summary>How far back the server's messages may refer: 2 to this power, in bytes; 8 to 15, and 15 by default.</summary>
    public int ServerMaxWindowBits { get; init; } = DeflateParameters.MostWindowBits;

    /// <summary>How far back the client's messages may refer; 8 to 15, and 15 by default. Only clients that can do it are told.</summary>
    public int ClientMaxWindowBits { get; init; } = DeflateParameters.MostWindowBits;

    internal DeflateParameters Wishes => new(!ServerContextTakeover, !ClientContextTakeover, ServerMaxWindowBits, ClientMaxWindowBits);

    internal void Validate()
    {
        Check(ServerMaxWindowBits, nameof(ServerMaxWindowBits));
        Check(ClientMaxWindowBits, nameof(ClientMaxWindowBits));
    }

    private static void Check(int bits, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, DeflateParameters.LeastWindowBits, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, DeflateParameters.MostWindowBits, name);
    }
}
