namespace Sockeye.Cli.Commands;

/// <summary>The dialects as they are named on the command line.</summary>
internal static class DialectNames
{
    private static readonly (string Name, WebSocketDialects Dialect)[] s_names =
    [
        ("rfc6455", WebSocketDialects.Rfc6455),
        ("hybi-08", WebSocketDialects.Hybi08),
        ("hybi-07", WebSocketDialects.Hybi07),
        ("august-2010", WebSocketDialects.August2010),
        ("hixie-76", WebSocketDialects.Hixie76),
        ("hixie-75", WebSocketDialects.Hixie75),
    ];

    /// <summary>The names, that of the default first.</summary>
    public static string[] All => [.. s_names.Select(pair => pair.Name)];

    /// <summary>The dialect of one of the names.</summary>
    public static WebSocketDialects Of(string name) => s_names.First(pair => pair.Name == name).Dialect;

    /// <summary>The dialects of a list of names with commas between.</summary>
    public static WebSocketDialects OfList(string list)
    {
        var set = WebSocketDialects.None;
        foreach (string name in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (name != "all" && !All.Contains(name))
            {
                throw ProgramException.Usage($"--dialects takes all, or names with commas between, of {string.Join(", ", All)}; not '{name}'.");
            }

            set |= name == "all" ? WebSocketDialects.All : Of(name);
        }

        // "all" is all that can be told apart: who names August 2010 besides wants its framing for the handshake that two of them share.
        bool both = list.Contains("all", StringComparison.Ordinal) && set.HasFlag(WebSocketDialects.August2010);
        return both && !list.Contains("hixie-76", StringComparison.Ordinal) ? set & ~WebSocketDialects.Hixie76 : set;
    }
}
