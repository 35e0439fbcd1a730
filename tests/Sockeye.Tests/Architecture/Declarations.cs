using System.Text.RegularExpressions;

namespace Sockeye.Tests.Architecture;

internal sealed record TypeDeclaration(string Name, bool IsPublic, int Line);

internal sealed record MemberDeclaration(string Header, int Line, int Lines);

/// <summary>The top-level types and all members declared in a source file, found by counting braces.</summary>
internal sealed partial class Declarations
{
    private readonly string _code;
    private readonly List<TypeDeclaration> _types = [];
    private readonly List<MemberDeclaration> _members = [];
    private int _at;

    private Declarations(string source) => _code = CodeText.Of(source);

    public IReadOnlyList<TypeDeclaration> Types => _types;

    /// <summary>Methods, properties, constructors, operators and events; fields are data and not listed.</summary>
    public IReadOnlyList<MemberDeclaration> Members => _members;

    public string Namespace { get; private set; } = "";

    public static Declarations In(string source)
    {
        var found = new Declarations(source);
        found.Namespace = NamespaceLine().Match(found._code).Groups[1].Value;
        found.Block(typeDepth: 0);
        return found;
    }

    /// <summary>Reads declarations until the brace that closes this block.</summary>
    private void Block(int typeDepth)
    {
        while (SkipBlanks() && _code[_at] != '}')
        {
            int start = _at;
            int depth = 0;
            for (bool ended = false; !ended && _at < _code.Length; _at++)
            {
                char c = _code[_at];
                if (c == '{' && depth == 0 && Container(start, typeDepth))
                {
                    break;
                }

                if (c == '}' && depth == 0)
                {
                    return; // the last word of an enum, or of a file that does not pair its braces
                }

                depth += c switch { '{' or '(' or '[' => 1, '}' or ')' or ']' => -1, _ => 0 };
                ended = depth == 0 && (c == ';' || (c == '}' && EndsMember()));
                if (ended && typeDepth > 0)
                {
                    AddMember(start);
                }
                else if (ended)
                {
                    AddType(_code[start.._at], start); // a record or delegate without a body
                }
            }
        }
    }

    /// <summary>At an opening brace: is it that of a namespace or a type? Then reads what is inside.</summary>
    private bool Container(int start, int typeDepth)
    {
        string header = _code[start.._at];
        Match type = TypeHeader().Match(header);
        if (!type.Success && !header.StartsWith("namespace ", StringComparison.Ordinal))
        {
            return false;
        }

        if (typeDepth == 0)
        {
            AddType(header, start);
        }

        _at++;
        Block(type.Success ? typeDepth + 1 : typeDepth);
        _at++;
        return true;
    }

    private void AddType(string header, int start)
    {
        if (TypeHeader().Match(header) is { Success: true } match)
        {
            Group name = match.Groups["name"];
            _types.Add(new(name.Value, PublicWord().IsMatch(header[..name.Index]), CodeText.LineOf(_code, start)));
        }
    }

    private void AddMember(int start)
    {
        string text = _code[start..(_at + 1)];
        if (!FieldText().IsMatch(text))
        {
            int first = CodeText.LineOf(_code, start);
            string header = text.Split('\n', 2)[0].Trim();
            _members.Add(new(header, first, CodeText.LineOf(_code, _at) - first + 1));
        }
    }

    /// <summary>After a closing brace: does the member end here, or go on as an expression or an initializer?</summary>
    private bool EndsMember()
    {
        int next = _at + 1;
        while (next < _code.Length && char.IsWhiteSpace(_code[next]))
        {
            next++;
        }

        return next >= _code.Length || !";,.)=?".Contains(_code[next], StringComparison.Ordinal);
    }

    private bool SkipBlanks()
    {
        while (_at < _code.Length && char.IsWhiteSpace(_code[_at]))
        {
            _at++;
        }

        return _at < _code.Length;
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"(?:^|[\s\]])(?:(?:record\s+)?(?:class|struct)|record|interface|enum|delegate\s+[\w<>.,?\[\]]+)\s+(?<name>[A-Za-z_]\w*)(?=[\s<(:]|$)")]
    private static partial Regex TypeHeader();

    [GeneratedRegex(@"\bpublic\b")]
    private static partial Regex PublicWord();

    [GeneratedRegex(@"^[^({=]*(;|=[^>=])")]
    private static partial Regex FieldText();
}
