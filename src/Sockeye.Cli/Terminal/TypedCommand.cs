using System.Globalization;

namespace Sockeye.Cli.Terminal;

/// <summary>A typed line that starts with a slash.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Text">The reason of a close, or what to show.</param>
internal sealed record TypedCommand(TypedCommandKind Kind, string Text = "")
{
    private const string HelpText = """
        /ping                    measure the round trip
        /close [CODE] [REASON]   close, with 1000 by default
        /binary HEX              send bytes, such as /binary 48 69
        //TEXT                   send a text that starts with a slash
        """;

    public CloseCode Code { get; private init; } = CloseCode.Normal;

    public ReadOnlyMemory<byte> Bytes { get; private init; }

    public static TypedCommand Parse(string line)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        string rest = words.Length > 1 ? words[1] : "";
        return words[0] switch
        {
            "/help" => new(TypedCommandKind.Help, HelpText.ReplaceLineEndings("\n")),
            "/ping" => new(TypedCommandKind.Ping),
            "/close" => Close(rest),
            "/binary" => Binary(rest),
            _ => Mistake($"there is no {Notes.Harmless(words[0])}: /help shows what there is, //TEXT sends /TEXT"),
        };
    }

    private static TypedCommand Close(string rest)
    {
        string[] words = rest.Split(' ', 2, StringSplitOptions.TrimEntries);
        if (rest.Length == 0)
        {
            return new(TypedCommandKind.Close);
        }

        return int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            ? new(TypedCommandKind.Close, words.Length > 1 ? words[1] : "") { Code = (CloseCode)code }
            : Mistake("/close takes a code first, such as /close 4000 enough");
    }

    private static TypedCommand Binary(string rest)
    {
        string digits = rest.Replace(" ", "", StringComparison.Ordinal);
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit)
            ? new(TypedCommandKind.Binary) { Bytes = Convert.FromHexString(digits) }
            : Mistake("/binary takes pairs of hexadecimal digits, such as /binary 48 69");
    }

    private static TypedCommand Mistake(string text) => new(TypedCommandKind.Mistake, text);
}
