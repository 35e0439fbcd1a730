using System.Text;

namespace Sockeye.Tests.Architecture;

/// <summary>
/// C# source with comments, literals and preprocessor lines blanked out, every line and column kept.
/// The code inside the holes of an interpolated string stays; the braces around a hole do not, so braces always pair.
/// </summary>
internal sealed class CodeText
{
    private readonly string _source;
    private readonly StringBuilder _code;
    private int _at;

    private CodeText(string source)
    {
        _source = source;
        _code = new StringBuilder(source.Length);
    }

    public static string Of(string source)
    {
        var scanner = new CodeText(source);
        scanner.Code(untilHoleEnds: false);
        return scanner._code.ToString();
    }

    public static int LineOf(string code, int index) => code.AsSpan(0, index).Count('\n') + 1;

    private void Code(bool untilHoleEnds)
    {
        int depth = 0;
        while (_at < _source.Length)
        {
            char c = _source[_at];
            if (untilHoleEnds && c == '}' && depth == 0)
            {
                return;
            }

            depth += c switch { '{' => 1, '}' => -1, _ => 0 };
            if (!Comment() && !Literal())
            {
                Keep(1);
            }
        }
    }

    private bool Comment()
    {
        if (Sees("//") || (_source[_at] == '#' && StartsLine()))
        {
            Blank(DistanceTo("\n"));
            return true;
        }

        if (Sees("/*"))
        {
            Blank(DistanceTo("*/") + 2);
            return true;
        }

        return false;
    }

    private bool Literal()
    {
        if (_source[_at] == '\'')
        {
            Blank(1);
            Quoted('\'', escapes: true, holes: 0);
            return true;
        }

        int dollars = 0;
        int next = _at;
        bool verbatim = false;
        for (; next < _source.Length && _source[next] is '$' or '@'; next++)
        {
            dollars += _source[next] == '$' ? 1 : 0;
            verbatim |= _source[next] == '@';
        }

        if (next >= _source.Length || _source[next] != '"')
        {
            return false;
        }

        Blank(next - _at);
        int quotes = Run('"');
        if (quotes >= 3)
        {
            Blank(quotes);
            Raw(new string('"', quotes), dollars);
        }
        else
        {
            Blank(1);
            Quoted('"', !verbatim, dollars);
        }

        return true;
    }

    private void Quoted(char quote, bool escapes, int holes)
    {
        while (_at < _source.Length)
        {
            char c = _source[_at];
            bool doubled = _at + 1 < _source.Length && _source[_at + 1] == c;
            if (escapes && c == '\\')
            {
                Blank(2);
            }
            else if (c == quote && (escapes || !doubled))
            {
                Blank(1);
                return;
            }
            else if (doubled && (c == quote || (holes > 0 && c is '{' or '}')))
            {
                Blank(2);
            }
            else if (holes > 0 && c == '{')
            {
                Hole(1);
            }
            else
            {
                Blank(1);
            }
        }
    }

    private void Raw(string fence, int dollars)
    {
        while (_at < _source.Length)
        {
            if (Sees(fence))
            {
                Blank(fence.Length);
                return;
            }

            int braces = dollars > 0 ? Run('{') : 0;
            if (braces >= dollars && braces > 0)
            {
                Blank(braces - dollars);
                Hole(dollars);
            }
            else
            {
                Blank(Math.Max(1, braces));
            }
        }
    }

    private void Hole(int braces)
    {
        Blank(braces);
        Code(untilHoleEnds: true);
        Blank(braces);
    }

    private bool Sees(string what) => string.CompareOrdinal(_source, _at, what, 0, what.Length) == 0;

    private bool StartsLine() => _source.AsSpan(0, _at)[(_source.AsSpan(0, _at).LastIndexOf('\n') + 1)..].IsWhiteSpace();

    private int DistanceTo(string what)
    {
        int found = _source.IndexOf(what, _at, StringComparison.Ordinal);
        return (found < 0 ? _source.Length : found) - _at;
    }

    private int Run(char c)
    {
        int end = _at;
        while (end < _source.Length && _source[end] == c)
        {
            end++;
        }

        return end - _at;
    }

    private void Keep(int count)
    {
        _code.Append(_source, _at, count);
        _at += count;
    }

    private void Blank(int count)
    {
        for (int end = Math.Min(_at + count, _source.Length); _at < end; _at++)
        {
            _code.Append(_source[_at] == '\n' ? '\n' : ' ');
        }
    }
}
