namespace Sockeye.Cli.Terminal;

/// <summary>How a line looks, by its direction.</summary>
/// <param name="Mark">What it starts with, for those who see no colours.</param>
/// <param name="Colour">The sequence that switches its colour on.</param>
internal sealed record LineStyle(string Mark, string Colour)
{
    /// <summary>The colour of notes.</summary>
    public const string Quiet = "\e[90m";

    public static readonly LineStyle Sent = new("> ", "\e[33m");

    public static readonly LineStyle Received = new("< ", "\e[36m");

    public static readonly LineStyle State = new("* ", Quiet);

    public static readonly LineStyle Good = new("* ", "\e[32m");

    public static readonly LineStyle Bad = new("* ", "\e[31m");
}
