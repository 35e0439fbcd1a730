using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sockeye.Interop.Tests.Peers;

/// <summary>The peers among themselves: when a test of Sockeye against one of them fails, it is not the peers that are broken.</summary>
public class PeersTests
{
    private static readonly string[] Scripts =
    [
        "echo-text", "echo-binary", "fragments", "ping", "big", "close-from-client",
        "close-from-server", "ping-from-server", "fragments-from-server", "big-from-server",
    ];

    [Theory]
    [InlineData(PeerKind.Node, PeerKind.Python)]
    [InlineData(PeerKind.Python, PeerKind.Node)]
    public async Task A_client_understands_the_other_server(PeerKind client, PeerKind server)
    {
        await using PeerProcess serving = await PeerProcess.ServeAsync(server);
        foreach (string script in Scripts)
        {
            (bool passed, string output) = await PeerProcess.PlayAsync(client, $"ws://127.0.0.1:{serving.Port}/", script);
            Assert.True(passed, $"{script}: {output}");
        }
    }

    [Theory]
    [InlineData(PeerKind.Node, PeerKind.Python)]
    [InlineData(PeerKind.Python, PeerKind.Node)]
    public async Task A_client_understands_the_other_server_over_TLS_with_compression_and_a_subprotocol(PeerKind client, PeerKind server)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            (string certificate, string key) = WriteCertificate(folder.FullName);
            await using PeerProcess serving = await PeerProcess.ServeAsync(
                server, "--tls-cert", certificate, "--tls-key", key, "--deflate", "--subprotocol", "chat");
            (bool passed, string output) = await PeerProcess.PlayAsync(
                client, $"wss://127.0.0.1:{serving.Port}/", "echo-text", "--insecure", "--deflate", "--subprotocol", "chat");

            Assert.True(passed, output);
            Assert.Contains("permessage-deflate", output, StringComparison.Ordinal);
            Assert.Contains("chat", output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(PeerKind.Node)]
    [InlineData(PeerKind.Python)]
    public async Task A_client_says_when_it_fails(PeerKind client)
    {
        (bool passed, string output) = await PeerProcess.PlayAsync(client, "ws://127.0.0.1:1/", "echo-text");

        Assert.False(passed);
        Assert.Contains("\"fail\"", output, StringComparison.Ordinal);
    }

    private static (string Certificate, string Key) WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string certificatePath = Path.Combine(folder, "certificate.pem");
        string keyPath = Path.Combine(folder, "key.pem");
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }
}
