using System.Buffers;
using System.Buffers.Binary;
using Sockeye.Protocol.Text;

namespace Sockeye.Protocol.Http;

/// <summary>The grammar of a head (RFC 9112), byte by byte: remembers where things are, stores no text.</summary>
/// <remarks>
/// Every state takes a run of bytes and leaves at the first byte that is not its own, so a byte is looked at a fixed number of times
/// however the input is cut, and a byte that cannot be right is refused when it comes.
/// </remarks>
internal sealed class HeadScanner(HeadKind kind, HeadLimits limits)
{
    /// <summary>Bytes a field takes in the index: four 16-bit numbers.</summary>
    public const int FieldSize = 4 * sizeof(ushort);

    // Visible ASCII without '#': a target never carries a fragment (RFC 9112 §3.2), and those who differ about it can be played off.
    private static readonly SearchValues<byte> TargetBytes =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x20).Where(b => b != '#').Select(b => (byte)b)]);

    private enum State : byte
    {
        Method, Target, Version, VersionEnd, Status, StatusEnd, Reason, StartLineFeed, // up to here: the start line
        FieldStart, Name, ValueStart, Value, ValueLineFeed, LastLineFeed, Done,
    }

    private State _state = kind == HeadKind.Request ? State.Method : State.Version;
    private int _at;
    private int _matched;
    private int _nameStart, _nameEnd, _valueStart, _valueEnd;
    private byte[] _index = [];

    public HeadError? Error { get; private set; }

    public bool IsDone => _state == State.Done;

    /// <summary>Request: bytes of the method.</summary>
    public int MethodLength { get; private set; }

    /// <summary>Request: bytes of the target, which starts one byte behind the method.</summary>
    public int TargetLength { get; private set; }

    /// <summary>The digit behind "HTTP/1.".</summary>
    public int MinorVersion { get; private set; }

    public int StatusCode { get; private set; }

    /// <summary>Where the reason phrase starts and how long it is; it may be empty.</summary>
    public (int Start, int Length) ReasonPhrase { get; private set; }

    public int FieldCount { get; private set; }

    /// <summary>Four little-endian 16-bit numbers a field: name start and length, value start and length.</summary>
    public ReadOnlySpan<byte> Index => _index.AsSpan(0, FieldCount * FieldSize);

    /// <summary>Bytes looked at, counted twice where looked at twice: the tests hold this linear.</summary>
    public long BytesExamined { get; private set; }

    /// <summary>Ready for the next head; the room for its index is kept.</summary>
    public void Reset()
    {
        _state = kind == HeadKind.Request ? State.Method : State.Version;
        _at = _matched = _nameStart = _nameEnd = _valueStart = _valueEnd = 0;
        MethodLength = TargetLength = MinorVersion = StatusCode = FieldCount = 0;
        (ReasonPhrase, BytesExamined, Error) = (default, 0, null);
    }

    /// <summary>Takes what comes next; returns how many bytes were accepted: all of them unless done or refused.</summary>
    public int Scan(ReadOnlySpan<byte> data)
    {
        int taken = 0;
        while (taken < data.Length && _state != State.Done)
        {
            int room = Limit - _at;
            int step = Step(data.Slice(taken, Math.Min(room, data.Length - taken)));
            BytesExamined += step + 1;
            taken += step;
            _at += step;
            if (Error is null && _at == Limit && _state != State.Done) TooLong();
            if (Error is not null) break;
        }
        return taken;
    }

    private int Limit => _state < State.FieldStart ? limits.StartLineBytes : limits.HeadBytes;

    private int Step(ReadOnlySpan<byte> data) => _state switch
    {
        State.Method => OnMethod(data),
        State.Target => OnTarget(data),
        State.Version => OnVersion(data[0]),
        State.VersionEnd => OnVersionEnd(data[0]),
        State.Status => OnStatus(data[0]),
        State.StatusEnd => OnStatusEnd(data[0]),
        State.Reason => OnReason(data),
        State.StartLineFeed => OnLineFeed(data[0], State.FieldStart),
        State.FieldStart => OnFieldStart(data[0]),
        State.Name => OnName(data),
        State.ValueStart => OnValueStart(data),
        State.Value => OnValue(data),
        State.ValueLineFeed => OnLineFeed(data[0], State.FieldStart),
        _ => OnLineFeed(data[0], State.Done),
    };

    private int OnMethod(ReadOnlySpan<byte> data)
    {
        int run = RunLength(data.IndexOfAnyExcept(AsciiTokens.TokenBytes), data);
        if (run > 0) return run;
        if (data[0] == ' ' && _at > 0)
        {
            MethodLength = _at;
            return Go(State.Target);
        }
        return Refuse((_at, data[0]) switch
        {
            (0, 0x16) => "The first byte starts a TLS record, but this port speaks plain HTTP.",
            (0, (byte)'\r' or (byte)'\n') => "An empty line stands before the request line.",
            (0, _) => "The first byte cannot start an HTTP request.",
            _ => "The request line is malformed: a method is a token followed by one space.",
        });
    }

    private int OnTarget(ReadOnlySpan<byte> data)
    {
        int run = RunLength(data.IndexOfAnyExcept(TargetBytes), data);
        if (run > 0) return run;
        int length = _at - MethodLength - 1;
        if (data[0] == ' ' && length > 0)
        {
            TargetLength = length;
            return Go(State.Version);
        }
        return Refuse(data[0] switch
        {
            (byte)' ' => "The request line is malformed: its three parts are separated by exactly one space.",
            (byte)'\r' or (byte)'\n' => "The request line is malformed: it names no HTTP version.",
            (byte)'#' => "The request target has a fragment (#).",
            _ => "The request target has a byte that is not visible ASCII.",
        });
    }

    private int OnVersion(byte b)
    {
        ReadOnlySpan<byte> pattern = "HTTP/d.d"u8;
        byte expected = pattern[_matched];
        bool fits = expected == 'd' ? char.IsAsciiDigit((char)b) : b == expected;
        if (!fits)
            return Refuse(kind == HeadKind.Request
                ? "The request line is malformed: its third part must be HTTP/1.1."
                : "The status line is malformed: it must start with HTTP/1.1.");
        if (_matched == 5) StatusCode = b - '0'; // the major version waits here until the minor is known
        if (++_matched < pattern.Length) return 1;
        if (StatusCode != 1) return Refuse("This HTTP version is not supported: use HTTP/1.1.", 505);
        MinorVersion = b - '0';
        StatusCode = 0;
        _matched = 0;
        return Go(State.VersionEnd);
    }

    private int OnVersionEnd(byte b)
    {
        if (kind == HeadKind.Request)
            return b == '\r' ? Go(State.StartLineFeed) : Refuse(b == '\n'
                ? "A line ends with a bare LF: lines end with CRLF."
                : "The request line is malformed: nothing may follow the HTTP version.");
        return b == ' ' ? Go(State.Status) : Refuse("The status line is malformed: one space follows the HTTP version.");
    }

    private int OnStatus(byte b)
    {
        bool fits = char.IsAsciiDigit((char)b) && (_matched > 0 || b != '0');
        if (!fits) return Refuse("The status line is malformed: a status has three digits and is at least 100.");
        StatusCode = StatusCode * 10 + (b - '0');
        return ++_matched < 3 ? 1 : Go(State.StatusEnd);
    }

    private int OnStatusEnd(byte b)
    {
        // RFC 9112 §4 wants a space even when no reason follows; many servers leave it out, and nothing can be mistaken for it.
        ReasonPhrase = (_at + (b == ' ' ? 1 : 0), 0);
        return b switch
        {
            (byte)' ' => Go(State.Reason),
            (byte)'\r' => Go(State.StartLineFeed),
            _ => Refuse("The status line is malformed: a status has three digits, then a space."),
        };
    }

    private int OnReason(ReadOnlySpan<byte> data)
    {
        int run = RunLength(data.IndexOfAny(AsciiTokens.ControlBytes), data);
        if (run > 0) return run;
        ReasonPhrase = ReasonPhrase with { Length = _at - ReasonPhrase.Start };
        return data[0] == '\r' ? Go(State.StartLineFeed) : RefuseControl(data[0], "The reason phrase");
    }

    private int OnLineFeed(byte b, State next) =>
        b == '\n' ? Go(next) : Refuse("A CR is not followed by LF: lines end with CRLF.");

    private int OnFieldStart(byte b)
    {
        if (b == '\r') return Go(State.LastLineFeed);
        if (b is (byte)' ' or (byte)'\t')
            return Refuse(FieldCount == 0
                ? "White space stands before the first header."
                : "A header is folded over several lines, which is obsolete and refused.");
        if (FieldCount == limits.Fields) return Refuse($"The head has more than {limits.Fields} headers.", 431);
        _nameStart = _at;
        _state = State.Name;
        return 0;
    }

    private int OnName(ReadOnlySpan<byte> data)
    {
        int run = RunLength(data.IndexOfAnyExcept(AsciiTokens.TokenBytes), data);
        if (run > 0) return run;
        if (data[0] == ':' && _at > _nameStart)
        {
            _nameEnd = _at;
            return Go(State.ValueStart);
        }
        return Refuse(data[0] switch
        {
            (byte)':' => "A header has no name.",
            (byte)' ' or (byte)'\t' => "White space stands between a header's name and its colon.",
            (byte)'\r' or (byte)'\n' => "A header line has no colon.",
            _ => "A header's name has a byte that no name may have.",
        });
    }

    private int OnValueStart(ReadOnlySpan<byte> data)
    {
        int run = RunLength(data.IndexOfAnyExcept((byte)' ', (byte)'\t'), data);
        if (run > 0) return run;
        _valueStart = _valueEnd = _at;
        _state = State.Value;
        return 0;
    }

    private int OnValue(ReadOnlySpan<byte> data)
    {
        int run = RunLength(data.IndexOfAny(AsciiTokens.ControlBytes), data);
        if (run > 0)
        {
            // White space at the end is not part of the value, but whether this is the end only what follows can tell.
            int last = data[..run].LastIndexOfAnyExcept((byte)' ', (byte)'\t');
            BytesExamined += run - Math.Max(last, 0);
            if (last >= 0) _valueEnd = _at + last + 1;
            return run;
        }
        if (data[0] != '\r') return RefuseControl(data[0], "A header's value");
        AddField();
        return Go(State.ValueLineFeed);
    }

    private void AddField()
    {
        int offset = FieldCount * FieldSize;
        if (offset == _index.Length) Array.Resize(ref _index, Math.Max(offset * 2, 16 * FieldSize));
        Span<byte> entry = _index.AsSpan(offset, FieldSize);
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)_nameStart);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], (ushort)(_nameEnd - _nameStart));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)_valueStart);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], (ushort)(_valueEnd - _valueStart));
        FieldCount++;
    }

    private void TooLong()
    {
        if (_state >= State.FieldStart) Refuse($"The head is longer than {limits.HeadBytes} bytes.", 431);
        else if (kind == HeadKind.Request) Refuse($"The request line is longer than {limits.StartLineBytes} bytes.", 414);
        else Refuse($"The status line is longer than {limits.StartLineBytes} bytes.", 431);
    }

    private static int RunLength(int stop, ReadOnlySpan<byte> data) => stop < 0 ? data.Length : stop;

    private int Go(State next)
    {
        _state = next;
        return 1;
    }

    private int RefuseControl(byte b, string where) =>
        Refuse(b == '\n' ? "A line ends with a bare LF: lines end with CRLF." : $"{where} has a control byte (0x{b:X2}).");

    private int Refuse(string message, int status = 400)
    {
        Error = new HeadError(status, message);
        return 0;
    }
}
