using System.Buffers;
using System.Text;

namespace Sockeye.Protocol.Text;

/// <summary>The character classes of HTTP fields (RFC 9110 §5.6) and the walk through comma-separated lists.</summary>
internal static class AsciiTokens
{
    private const string TokenCharacters =
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>tchar (RFC 9110 §5.6.2).</summary>
    public static readonly SearchValues<byte> TokenBytes = SearchValues.Create(Encoding.ASCII.GetBytes(TokenCharacters));

    /// <summary>What no field value may hold: every control byte but HTAB (RFC 9110 §5.5). Bytes from 0x80 up are obs-text and pass.</summary>
    public static readonly SearchValues<byte> ControlBytes = SearchValues.Create(Controls());

    private static readonly SearchValues<char> TokenChars = SearchValues.Create(TokenCharacters);

    /// <summary>Whether this is one token: not empty, and token characters only.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExcept(TokenBytes) < 0;

    /// <inheritdoc cref="IsToken(ReadOnlySpan{byte})"/>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExcept(TokenChars) < 0;

    /// <summary>Whether every byte is a decimal digit; false for nothing at all.</summary>
    public static bool IsDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>Without the optional white space (SP, HTAB) at both ends.</summary>
    public static ReadOnlySpan<byte> TrimWhiteSpace(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    /// <summary>The elements of a comma-separated list (RFC 9110 §5.6.1), trimmed; empty ones are skipped as recipients must.</summary>
    /// <remarks>Knows no quoted strings: for lists of tokens only.</remarks>
    public static ListElements Elements(ReadOnlySpan<byte> list) => new(list);

    private static byte[] Controls()
    {
        var controls = new List<byte> { 0x7F };
        for (byte b = 0; b < 0x20; b++)
            if (b != '\t') controls.Add(b);
        return [.. controls];
    }

    /// <summary>Walks a list in place: nothing is copied.</summary>
    internal ref struct ListElements(ReadOnlySpan<byte> list)
    {
        private ReadOnlySpan<byte> _rest = list;

        public ReadOnlySpan<byte> Current { get; private set; }

        public readonly ListElements GetEnumerator() => this;

        public bool MoveNext()
        {
            while (!_rest.IsEmpty)
            {
                int comma = _rest.IndexOf((byte)',');
                Current = TrimWhiteSpace(comma < 0 ? _rest : _rest[..comma]);
                _rest = comma < 0 ? default : _rest[(comma + 1)..];
                if (!Current.IsEmpty) return true;
            }
            return false;
        }
    }
}
