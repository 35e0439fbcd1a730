using System.Buffers.Binary;
using System.Collections;
using System.Net;
using System.Text;
using Sockeye.Protocol.Http;
using Sockeye.Protocol.Text;

namespace Sockeye;

/// <summary>The start line and header fields of an HTTP/1.x message (RFC 9112). Immutable; any number of threads may read it.</summary>
/// <remarks>
/// It is kept as the bytes that came, in one array of at most 64 KiB plus 8 bytes a header; strings are made when asked for, anew each time.
/// Values are decoded as Latin-1 (ISO-8859-1). Header names are compared without regard to ASCII case.
/// Enumerating gives the headers in the order they came, one entry per field line.
/// </remarks>
#pragma warning disable CA1710 // it is a head that can be enumerated, not a collection
public abstract class HttpHead : IReadOnlyCollection<KeyValuePair<string, string>>
#pragma warning restore CA1710
{
    private readonly byte[] _packed; // the text, then eight bytes of index per field: see HeadScanner.Index
    private readonly ushort _textLength;
    private readonly byte _minorVersion;

    private protected HttpHead(byte[] packed, int textLength, HeadScanner scanner)
    {
        _packed = packed;
        _textLength = (ushort)textLength;
        _minorVersion = (byte)scanner.MinorVersion;
    }

    /// <summary>The HTTP version: 1.1 as a rule, 1.0 at times.</summary>
    public Version Version => _minorVersion switch
    {
        0 => HttpVersion.Version10,
        1 => HttpVersion.Version11,
        _ => new Version(1, _minorVersion),
    };

    /// <summary>The number of header fields; a name that came twice counts twice.</summary>
    public int Count => (_packed.Length - _textLength) / HeadScanner.FieldSize;

    /// <summary>The value of a header, without the white space around it; null when there is none of that name.
    /// Several fields of that name are joined by ", " in the order they came (RFC 9110 §5.3).</summary>
    /// <param name="name">The header's name in any case.</param>
    public string? this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            string? joined = null;
            StringBuilder? builder = null;
            for (int i = Find(name, 0); i >= 0; i = Find(name, i + 1))
            {
                string value = Decode(ValueAt(i));
                if (joined is null) joined = value;
                else (builder ??= new StringBuilder(joined)).Append(", ").Append(value);
            }
            return builder?.ToString() ?? joined;
        }
    }

    /// <summary>The values of all fields of a name, one each, in the order they came.</summary>
    /// <param name="name">The header's name in any case.</param>
    public IEnumerable<string> GetValues(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Values(name);
    }

    /// <summary>Whether there is a header of that name, even an empty one.</summary>
    /// <param name="name">The header's name in any case.</param>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name, 0) >= 0;
    }

    /// <summary>The headers in the order they came, one entry per field line.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return new KeyValuePair<string, string>(Decode(NameAt(i)), Decode(ValueAt(i)));
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The head as it came, its last empty line included. It may hold secrets such as cookies.</summary>
    public override string ToString() => Decode(Text);

    internal int MinorVersion => _minorVersion;

    private protected ReadOnlySpan<byte> Text => _packed.AsSpan(0, _textLength);

    internal ReadOnlySpan<byte> NameAt(int field) => PartAt(field, 0);

    internal ReadOnlySpan<byte> ValueAt(int field) => PartAt(field, 2 * sizeof(ushort));

    /// <summary>The first field of that name at or behind an index; -1 for none.</summary>
    internal int Find(ReadOnlySpan<byte> name, int from)
    {
        for (int i = from; i < Count; i++)
            if (Ascii.EqualsIgnoreCase(NameAt(i), name)) return i;
        return -1;
    }

    internal int CountOf(ReadOnlySpan<byte> name)
    {
        int count = 0;
        for (int i = Find(name, 0); i >= 0; i = Find(name, i + 1)) count++;
        return count;
    }

    /// <summary>The value of the field of that name when there is exactly one.</summary>
    internal bool TryGetSingle(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int first = Find(name, 0);
        bool single = first >= 0 && Find(name, first + 1) < 0;
        value = single ? ValueAt(first) : default;
        return single;
    }

    /// <summary>Whether the comma-separated lists of all fields of that name have a token, whatever its case.</summary>
    internal bool HasToken(ReadOnlySpan<byte> name, ReadOnlySpan<byte> token)
    {
        for (int i = Find(name, 0); i >= 0; i = Find(name, i + 1))
            foreach (ReadOnlySpan<byte> element in AsciiTokens.Elements(ValueAt(i)))
                if (Ascii.EqualsIgnoreCase(element, token)) return true;
        return false;
    }

    internal static string Decode(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text);

    private int Find(string name, int from)
    {
        for (int i = from; i < Count; i++)
            if (Ascii.EqualsIgnoreCase(NameAt(i), name)) return i;
        return -1;
    }

    private IEnumerable<string> Values(string name)
    {
        for (int i = Find(name, 0); i >= 0; i = Find(name, i + 1)) yield return Decode(ValueAt(i));
    }

    private ReadOnlySpan<byte> PartAt(int field, int offset)
    {
        ReadOnlySpan<byte> entry = _packed.AsSpan(_textLength + field * HeadScanner.FieldSize + offset, 2 * sizeof(ushort));
        return _packed.AsSpan(BinaryPrimitives.ReadUInt16LittleEndian(entry), BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]));
    }
}
