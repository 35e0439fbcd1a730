using Sockeye.Conformance.Wire;

namespace Sockeye.Conformance.Judging;

/// <summary>Who is judged: where its connections come from.</summary>
internal abstract class Peer
{
    /// <summary>The peer is a server, and the judge connects to it.</summary>
    public abstract bool IsServer { get; }

    /// <summary>Whether its connections are made with TLS.</summary>
    public virtual bool IsSecure => false;

    /// <summary>The Host header for it.</summary>
    public virtual string Host => "";

    /// <summary>The request target.</summary>
    public virtual string Target => "/";

    /// <summary>A new connection, before any handshake.</summary>
    public abstract Task<Stream> ConnectAsync(CancellationToken stop);

    /// <summary>The request that a client has sent.</summary>
    public virtual HttpText? Request => null;
}
