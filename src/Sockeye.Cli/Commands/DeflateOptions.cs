using System.CommandLine;

namespace Sockeye.Cli.Commands;

/// <summary>The options about compression, the same for a server and a client.</summary>
internal sealed class DeflateOptions
{
    private const string Name = "--deflate";
    private const string Shared = "shared";
    private const string Takeover = "takeover";

    /// <summary>Without a value it is shared; then what stands behind it is not its value.</summary>
    public static string[] WithValue(string[] args) => [.. args.Select(arg => arg == Name ? $"{Name}={Shared}" : arg)];

    public Option<string?> Mode { get; } = new(Name)
    {
        Description = "Compress messages where the peer agrees: each by itself (--deflate or --deflate=shared), or so that it may refer to earlier "
            + "ones, for smaller messages and some 280 KiB a connection (--deflate=takeover)",
        HelpName = $"{Shared}|{Takeover}",
        CustomParser = result =>
        {
            string mode = result.Tokens.Count == 0 ? Shared : result.Tokens[0].Value;
            if (mode is not (Shared or Takeover))
            {
                result.AddError($"{Name} takes {Shared} or {Takeover}, not '{mode}'.");
            }

            return mode;
        },
    };

    public Option<long?> Window { get; } = OptionKinds.Count(
        "--deflate-window", "How far back compressed messages may refer, both ways: 2 to the power of N bytes, 8 to 15; 15 by default", 15);

    public CompressionOptions? Read(ParseResult parsed)
    {
        string? mode = parsed.GetValue(Mode);
        long? window = parsed.GetValue(Window);
        if (mode is null)
        {
            return window is null ? null : throw ProgramException.Usage($"{Window.Name} needs {Name}.");
        }

        int bits = (int)(window ?? 15);
        return bits >= 8
            ? new CompressionOptions
            {
                ServerContextTakeover = mode == Takeover,
                ClientContextTakeover = mode == Takeover,
                ServerMaxWindowBits = bits,
                ClientMaxWindowBits = bits,
            }
            : throw ProgramException.Usage($"{Window.Name} takes a whole number from 8 to 15, not '{bits}'.");
    }
}
