using System.Net.Security;
using System.Net.Sockets;

namespace Sockeye.Conformance.Judging;

/// <summary>A server at an address.</summary>
internal sealed class ServerPeer(Uri url, bool acceptsAnyCertificate) : Peer
{
    public override bool IsServer => true;

    public override bool IsSecure => url.Scheme == "wss";

    public override string Host => url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}";

    public override string Target => url.PathAndQuery;

    public override async Task<Stream> ConnectAsync(CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(url.DnsSafeHost, url.Port, stop);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (!IsSecure)
            {
                return stream;
            }

            var secure = new SslStream(stream);
            var options = new SslClientAuthenticationOptions { TargetHost = url.DnsSafeHost };
            if (acceptsAnyCertificate)
            {
#pragma warning disable CA5359 // Asked for by the user, for machines of their own.
                options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
            }

            await secure.AuthenticateAsClientAsync(options, stop);
            return secure;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
