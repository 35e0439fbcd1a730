using System.CommandLine;
using Sockeye.Cli.Serving;

namespace Sockeye.Cli.Commands;

/// <summary>The options about the certificate of who listens on wss://.</summary>
internal sealed class CertificateOptions
{
    public Option<string?> File { get; } = OptionKinds.Text("--cert", "FILE", "The certificate for wss://, in PEM");

    public Option<string?> Key { get; } = OptionKinds.Text("--key", "FILE", "Its private key, in PEM");

    public Option<bool> SelfSigned { get; } = OptionKinds.Flag(
        "--self-signed", "Makes a certificate for localhost and shows its SHA-256 on stderr; it is gone when the program ends");

    /// <summary>What was said of a certificate; null for nothing.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="secure">Whether a wss:// address is listened on.</param>
    public CertificateSource? Read(ParseResult parsed, bool secure)
    {
        string? file = parsed.GetValue(File), key = parsed.GetValue(Key);
        bool selfSigned = parsed.GetValue(SelfSigned);
        if (selfSigned && (file ?? key) is not null)
        {
            throw ProgramException.Usage("Give either --cert and --key, or --self-signed.");
        }

        if (file is null != key is null)
        {
            throw ProgramException.Usage("Give --cert and --key together.");
        }

        var source = selfSigned ? new CertificateSource(null) : file is not null ? new CertificateSource((file, key!)) : null;
        if (secure && source is null)
        {
            throw ProgramException.Usage("wss:// needs a certificate: give --cert and --key, or --self-signed.");
        }

        return secure || source is null ? source : throw ProgramException.Usage("A certificate is for wss://: give --listen wss://HOST:PORT.");
    }
}
