using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Sockeye.Protocol.Http;

namespace Sockeye;

/// <summary>What a client asks for, and what holds for its connection.</summary>
public sealed class WebSocketClientOptions : WebSocketOptions
{
    /// <summary>The one dialect to speak; RFC 6455 by default. The others are for servers of 2010 and 2011.</summary>
    public WebSocketDialects Dialect { get; set; } = WebSocketDialects.Rfc6455;

    /// <summary>Request headers, such as Authorization. Those of the handshake itself are set by the client.</summary>
    public IList<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>Cookies to send; those that fit the address are chosen. Cookies of the response are added.</summary>
    public CookieContainer? Cookies { get; set; }

    /// <summary>Subprotocols offered, the favourite first.</summary>
    public IList<string> SubProtocols { get; } = [];

    /// <summary>The Origin header, which browsers send; none by default. The dialects of 2010 have no request without one: there it is the server's own by default.</summary>
    public string? Origin { get; set; }

    /// <summary>The User-Agent header; none by default.</summary>
    public string? UserAgent { get; set; }

    /// <summary>The time from the call to the open connection, with name look-up, TCP and TLS; 10 s by default.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest response head, in bytes; 32 KiB by default, 65,535 at most.</summary>
    public int MaxResponseHeadBytes { get; set; } = 32 * 1024;

    /// <summary>Connects to this Unix socket; the address then only says host and path.</summary>
    public string? UnixSocketPath { get; set; }

    /// <summary>
    /// Whether the connection is read by event loops, a few threads that all clients of the process share: on Linux, by default. Code that
    /// awaits a message then goes on on such a thread, which costs least; code that blocks there is noticed and others are not held up.
    /// Without, and on other platforms, it goes on on the thread pool.
    /// </summary>
    public bool UseEventLoops { get; set; } = OperatingSystem.IsLinux();

    /// <summary>Certificates to show to a server that asks for one.</summary>
    public X509CertificateCollection? ClientCertificates { get; set; }

    /// <summary>Judges the server's certificate in place of the system's rules.</summary>
    public RemoteCertificateValidationCallback? ServerCertificateValidation { get; set; }

    /// <summary>The name that the server's certificate must have and that is asked for (SNI); the address's host by default.</summary>
    public string? TlsHost { get; set; }

    /// <summary>Accepts any certificate. Unsafe: whoever stands in between can read and change everything. For tests on one's own machine.</summary>
    public bool DangerouslyAcceptAnyCertificate { get; set; }

    internal override void Validate()
    {
        base.Validate();
        HeadLimits.Check(MaxResponseHeadBytes, nameof(MaxResponseHeadBytes));
        CheckTime(ConnectTimeout, nameof(ConnectTimeout));
        _ = Protocol.Dialects.Dialect.Of(Dialect);
    }
}
