using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sockeye.Cli.Serving;

/// <summary>The server's certificate: read from files, or made for this run.</summary>
internal static class Certificates
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The certificate with its key; null for no source.</summary>
    public static X509Certificate2? Of(CertificateSource? source)
    {
        if (source is null)
        {
            return null;
        }

        if (source.Files is { } files)
        {
            return FromFiles(files.Certificate, files.Key);
        }

        var made = SelfSigned();
        string print = Convert.ToHexString(made.GetCertHash(HashAlgorithmName.SHA256));
        Notes.Write($"certificate SHA-256 {string.Join(':', print.Chunk(2).Select(pair => new string(pair)))}");
        return made;
    }

    /// <summary>The certificates behind the first in the file: the way to the root, for clients that do not know it.</summary>
    public static X509Certificate2Collection? IntermediatesOf(CertificateSource? source)
    {
        if (source?.Files is not { } files)
        {
            return null;
        }

        var all = new X509Certificate2Collection();
        all.ImportFromPem(ReadText(files.Certificate));
        return [.. all.Skip(1)];
    }

    private static X509Certificate2 FromFiles(string certificateFile, string keyFile)
    {
        string certificate = ReadText(certificateFile);
        string key = ReadText(keyFile);
        try
        {
            using var read = X509Certificate2.CreateFromPem(certificate, key);
            return Usable(read);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            string why = e is ArgumentException argument ? ProgramException.Words(argument) : e.Message;
            throw ProgramException.Failed($"'{certificateFile}' and '{keyFile}' are no certificate with its unencrypted private key: {why}");
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        var now = DateTimeOffset.UtcNow;
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        return Usable(made);
    }

    // Windows serves TLS only with a key that went through a PKCS #12 file.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ProgramException.Failed($"Cannot read '{file}': {(File.Exists(file) ? e.Message : "there is no such file.")}");
        }
    }
}
