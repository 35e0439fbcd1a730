using System.Globalization;
using System.Text;

namespace Sockeye.Cli;

/// <summary>What is told to people, as opposed to what scripts read: lines on stderr.</summary>
internal static class Notes
{
    public static void Write(string line) => Console.Error.WriteLine(line);

    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds < 10
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.00} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");

    /// <summary>Text from afar without the control characters by which it could take over a terminal; line breaks stay.</summary>
    public static string Harmless(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (char c in text.ReplaceLineEndings("\n"))
        {
            safe.Append(c switch
            {
                '\n' => c,
                '\t' => ' ',
                < ' ' => (char)(0x2400 + c), // the pictures of control characters
                '\x7f' => '\x2421',
                >= '\x80' and < '\xa0' => '\xfffd',
                // Marks that turn the direction of the text behind them.
                (>= '\x202a' and <= '\x202e') or (>= '\x2066' and <= '\x2069') => '\xfffd',
                _ => c,
            });
        }

        return safe.ToString();
    }
}
