using System.Security.Cryptography.X509Certificates;
using Sockeye.Protocol.Dialects;
using Sockeye.Protocol.Handshake;
using Sockeye.Protocol.Http;

namespace Sockeye;

/// <summary>How a server listens, whom it lets in, and what holds for its connections.</summary>
public sealed class WebSocketServerOptions : WebSocketOptions
{
    /// <summary>
    /// Where to listen: <c>ws://HOST:PORT</c>, <c>wss://HOST:PORT</c> or <c>unix:/PATH</c>. The host is an address, <c>localhost</c>,
    /// or <c>*</c> for all; port 0 takes a free one.
    /// </summary>
    public IList<string> Listen { get; } = [];

    /// <summary>The certificate for <c>wss</c>, with its private key.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The certificates between <see cref="Certificate"/> and its root, sent along so that clients can follow the chain.</summary>
    public X509Certificate2Collection? IntermediateCertificates { get; set; }

    /// <summary>Chooses the certificate by the host name that the client asks for (SNI; null if it names none). Null falls back to <see cref="Certificate"/>.</summary>
    public Func<string?, X509Certificate2?>? CertificateSelector { get; set; }

    /// <summary>How bytes are moved: by <see cref="ServerTransport.Epoll"/> by default on Linux, by <see cref="ServerTransport.Sockets"/> elsewhere.</summary>
    public ServerTransport Transport { get; set; } = OperatingSystem.IsLinux() ? ServerTransport.Epoll : ServerTransport.Sockets;

    /// <summary>Where handlers run on the loops of <see cref="ServerTransport.Epoll"/>; chosen by how they behave by default.</summary>
    public HandlerDispatch Dispatch { get; set; }

    /// <summary>Threads of <see cref="ServerTransport.Epoll"/>; one per processor by default.</summary>
    public int Loops { get; set; } = Environment.ProcessorCount;

    /// <summary>Connections that the kernel holds until they are accepted; 512 by default.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>The most links at a time, handshakes included; 65,536 by default. One more is answered 503.</summary>
    public int MaxConnections { get; set; } = 65_536;

    /// <summary>The most links at a time from one address; no limit by default, since many people may share one.</summary>
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>The time from accepting a link to an open connection, TLS and the request hook included; 10 s by default.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest request head, in bytes; 32 KiB by default, 65,535 at most. A longer one is answered 431, and a request line of more than 8 KiB 414.</summary>
    public int MaxRequestHeadBytes { get; set; } = 32 * 1024;

    /// <summary>The most header fields of a request; 128 by default. More are answered 431.</summary>
    public int MaxRequestHeaders { get; set; } = 128;

    /// <summary>
    /// The dialects that are spoken; RFC 6455 alone by default. The others are for programs of 2010 and 2011. A request tells which it speaks,
    /// but <see cref="WebSocketDialects.Hixie76"/> and <see cref="WebSocketDialects.August2010"/> cannot be told apart: one of them at most.
    /// </summary>
    public WebSocketDialects Dialects { get; set; } = WebSocketDialects.Rfc6455;

    /// <summary>Paths that upgrade, such as <c>/chat</c>, compared exactly; none here means that every path does. Others are answered 404.</summary>
    public IList<string> Paths { get; } = [];

    /// <summary>Subprotocols served. The client's first that is listed is taken.</summary>
    public IList<string> SubProtocols { get; } = [];

    /// <summary>Compares <see cref="SubProtocols"/> without regard to ASCII case; the spelling here is answered. Clients that compare exactly may then fail.</summary>
    public bool IgnoreSubProtocolCase { get; set; }

    /// <summary>Refuses clients that offer subprotocols when <see cref="SubProtocols"/> is empty, instead of leaving the offer unanswered.</summary>
    public bool RefuseUnservedSubProtocols { get; set; }

    /// <summary>Refuses clients that offer none of the <see cref="SubProtocols"/>, instead of going on without one.</summary>
    public bool RequireSubProtocol { get; set; }

    /// <summary>Takes the client's first subprotocol whatever it is. <see cref="RequireSubProtocol"/> then has no effect.</summary>
    public bool AcceptAnySubProtocol { get; set; }

    /// <summary>Chooses among the offered subprotocols; null for none. It comes before the other settings.</summary>
    public Func<RequestHead, IReadOnlyList<string>, string?>? SelectSubProtocol { get; set; }

    /// <summary>
    /// Origins that browsers may come from, such as <c>https://example.com</c>, and no others; none here means the same host only.
    /// Requests without an Origin, from programs that are no browsers, are not affected; the origin <c>null</c> is foreign.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Decides about a request's origin in place of <see cref="AllowedOrigins"/> and the same-host rule.</summary>
    public Func<RequestHead, string, bool>? IsOriginAllowed { get; set; }

    /// <summary>
    /// Lets pages of any origin in. Unsafe where cookies or the network place say who somebody is: any page that a user visits can
    /// then act as that user (cross-site WebSocket hijacking).
    /// </summary>
    public bool DangerouslyAllowAnyOrigin { get; set; }

    /// <summary>
    /// Host names that are answered: <c>example.com</c>, <c>example.com:8080</c>, <c>*.example.com</c>. A listener bound to loopback always
    /// answers loopback names and, beyond those, only these (against DNS rebinding); others answer any host unless some are listed. A Unix socket answers any host,
    /// whatever is listed.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Sees a valid handshake before it is answered, and decides. It may await; reading pauses meanwhile.</summary>
    public Func<OpeningRequest, ValueTask<OpeningDecision>>? OnRequest { get; set; }

    /// <summary>Answers plain HTTP requests: a page, a health check. Null falls back to 404, or 426 where a WebSocket lives. It must not block.</summary>
    public Func<RequestHead, PlainResponse?>? OnHttpRequest { get; set; }

    internal OriginPolicy MakeOriginPolicy() =>
        OriginPolicy.From(DangerouslyAllowAnyOrigin, IsOriginAllowed, AllowedOrigins);

    internal SubProtocolChoice MakeSubProtocolChoice() =>
        SubProtocolChoice.From(
            SelectSubProtocol, AcceptAnySubProtocol, SubProtocols, RequireSubProtocol, IgnoreSubProtocolCase, RefuseUnservedSubProtocols);

    internal override void Validate()
    {
        base.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Backlog, 1, nameof(Backlog));
        ArgumentOutOfRangeException.ThrowIfLessThan(Loops, 1, nameof(Loops));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnections, 1, nameof(MaxConnections));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConnectionsPerAddress ?? 1, 1, nameof(MaxConnectionsPerAddress));
        HeadLimits.Check(MaxRequestHeadBytes, nameof(MaxRequestHeadBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRequestHeaders, nameof(MaxRequestHeaders));
        CheckTime(HandshakeTimeout, nameof(HandshakeTimeout));
        Dialect.CheckSet(Dialects, nameof(Dialects));
        if (RequireSubProtocol && SubProtocols.Count == 0 && SelectSubProtocol is null)
        {
            throw new ArgumentException("RequireSubProtocol needs SubProtocols or SelectSubProtocol.", nameof(RequireSubProtocol));
        }

        foreach (string path in Paths)
        {
            if (!path.StartsWith('/'))
            {
                throw new ArgumentException($"The path '{path}' must start with '/'.", nameof(Paths));
            }
        }
    }
}
