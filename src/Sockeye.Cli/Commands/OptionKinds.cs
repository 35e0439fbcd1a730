using System.CommandLine;
using System.Globalization;

namespace Sockeye.Cli.Commands;

/// <summary>Makes options of the kinds that the commands have.</summary>
internal static class OptionKinds
{
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    public static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    /// <summary>An option that may come several times, one value each.</summary>
    public static Option<string[]> Texts(string name, string value, string description) => new(name)
    {
        Description = description + "; may be repeated",
        HelpName = value,
        Arity = ArgumentArity.ZeroOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => [.. result.Tokens.Select(token => token.Value)],
    };

    public static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        return option.AcceptOnlyFromAmong(values);
    }

    public static Option<long?> Count(string name, string description, long most) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 1 && number <= most)
            {
                return number;
            }

            result.AddError($"{name} takes a whole number from 1 to {most}, not '{text}'.");
            return null;
        },
    };

    public static Option<TimeSpan?> Seconds(string name, string description, bool zero) => new(name)
    {
        Description = description,
        HelpName = "S",
        CustomParser = result =>
        {
            const double Most = 1_000_000;
            string text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
            bool number = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds);
            if (number && seconds <= Most && (seconds > 0 || zero))
            {
                return TimeSpan.FromSeconds(seconds);
            }

            result.AddError($"{name} takes seconds {(zero ? "from 0" : "above 0")} to {Most:0}, such as 2 or 0.5, not '{text}'.");
            return null;
        },
    };

    /// <summary>So many a second.</summary>
    public static Option<double?> Rate(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "R",
        CustomParser = result =>
        {
            const double Least = 0.001, Most = 100_000_000;
            string text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
            bool number = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate);
            if (number && rate is >= Least and <= Most)
            {
                return rate;
            }

            result.AddError($"{name} takes a number from {Least} to {Most:0}, such as 1000 or 0.5, not '{text}'.");
            return null;
        },
    };
}
