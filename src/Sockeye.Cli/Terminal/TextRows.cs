using System.Text;

namespace Sockeye.Cli.Terminal;

/// <summary>Cuts text into rows by the cells that it takes in a terminal.</summary>
internal static class TextRows
{
    public static IEnumerable<string> Of(string text, int width)
    {
        foreach (string line in text.Split('\n'))
        {
            var row = new StringBuilder();
            int cells = 0;
            foreach (var rune in line.EnumerateRunes())
            {
                int wide = Cells(rune);
                if (cells + wide > width)
                {
                    yield return row.ToString();
                    row.Clear();
                    cells = 0;
                }

                row.Append(rune);
                cells += wide;
            }

            yield return row.ToString();
        }
    }

    public static int Cells(string text) => text.EnumerateRunes().Sum(Cells);

    // East Asian wide characters and emoji take two cells; what joins the one before is counted too, which only cuts a row early.
    private static int Cells(Rune rune) => rune.Value switch
    {
        < 0x1100 => 1,
        <= 0x115f or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3) or (>= 0xf900 and <= 0xfaff) => 2,
        (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6) or (>= 0x1f000 and <= 0x3fffd) => 2,
        _ => 1,
    };
}
