namespace Sockeye.Cli.Serving;

/// <summary>Where the certificate for wss:// comes from.</summary>
/// <param name="Files">The certificate and its private key, in PEM; null for one that is made for this run.</param>
internal sealed record CertificateSource((string Certificate, string Key)? Files);
