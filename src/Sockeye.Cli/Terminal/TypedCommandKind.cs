namespace Sockeye.Cli.Terminal;

/// <summary>What a typed line that starts with a slash asks for.</summary>
internal enum TypedCommandKind
{
    Help,
    Ping,
    Close,
    Binary,
    Mistake,
}
