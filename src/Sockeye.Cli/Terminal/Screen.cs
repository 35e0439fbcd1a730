using System.Text;

namespace Sockeye.Cli.Terminal;

/// <summary>
/// A conversation in a terminal: lines, and below them a prompt at which the terminal itself edits what is typed. Lines that come
/// while somebody types are slid in above the prompt, so that the typed text and the cursor stay as they are.
/// </summary>
internal sealed class Screen
{
    private const string Reset = "\e[0m";

    private readonly Stream _out = Console.OpenStandardOutput();
    private readonly Lock _lock = new();
    private readonly bool _moves;
    private readonly bool _colours;
    private bool _prompting;

    public Screen()
    {
        _moves = Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "") || OperatingSystem.IsWindows();
        _colours = _moves && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    }

    /// <summary>A prompt on a line of its own; what is typed takes its colour.</summary>
    public void Prompt()
    {
        lock (_lock)
        {
            Write((_colours ? LineStyle.Sent.Colour : "") + "> ");
            _prompting = true;
        }
    }

    /// <summary>The Enter that ends a typed line has moved the cursor on: nothing is being typed until the next prompt.</summary>
    public void Entered()
    {
        lock (_lock)
        {
            Write(_colours ? Reset : "");
            _prompting = false;
        }
    }

    /// <summary>Wipes the prompt away, and what was typed and not entered.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            Write((_colours ? Reset : "") + (!_prompting ? "" : _moves ? "\r\e[J" : "\r\n"));
            _prompting = false;
        }
    }

    /// <summary>Shows a text, cut into lines that fit the width.</summary>
    /// <param name="style">Whose it is.</param>
    /// <param name="text">Harmless text; it may have several lines.</param>
    /// <param name="note">A few quiet words behind it.</param>
    public void Show(LineStyle style, string text, string note = "")
    {
        int width = Math.Max(Width() - style.Mark.Length - 1, 20);
        var rows = TextRows.Of(text, width).ToList();
        lock (_lock)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                string start = i == 0 ? style.Mark : new string(' ', style.Mark.Length);
                string end = i == rows.Count - 1 && note.Length > 0 ? "  " + note : "";
                bool fits = TextRows.Cells(rows[i]) + end.Length <= width;
                Row(style, start + rows[i], fits ? end : "");
                if (!fits)
                {
                    Row(style, new string(' ', style.Mark.Length), end.TrimStart());
                }
            }
        }
    }

    private static int Width()
    {
        try
        {
            return Console.WindowWidth is > 0 and int width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    private void Row(LineStyle style, string text, string note)
    {
        string row = _colours ? $"{Reset}{style.Colour}{text}{Reset}{LineStyle.Quiet}{note}{Reset}" : text + note;
        if (!_prompting)
        {
            Write(row + "\r\n");
        }
        else if (_moves)
        {
            // Down and up again, which scrolls at the bottom; remember where we type; push it down by a line, write there, and go back.
            Write($"\eD\eM\e7\r\e[L{row}\e8\e[B");
        }
        else
        {
            Write($"\r\n{row}\r\n> ");
        }
    }

    private void Write(string text)
    {
        _out.Write(Encoding.UTF8.GetBytes(text));
        _out.Flush();
    }
}
