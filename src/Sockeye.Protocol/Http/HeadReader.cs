namespace Sockeye.Protocol.Http;

/// <summary>Reads one HTTP/1 head from bytes that come in pieces of any size. Not for several threads.</summary>
/// <remarks>
/// The cost is linear in the bytes given however they are cut, the outcome the same for every cut, and what is held never exceeds the limit.
/// Judges the grammar only (RFC 9112 §2 to §5); what the fields mean is for the handshake.
/// </remarks>
internal sealed class HeadReader(HeadKind kind, HeadLimits? limits = null)
{
    private const int SmallestBuffer = 512;

    private readonly HeadLimits _limits = limits ?? HeadLimits.Default;
    private readonly HeadScanner _scanner = new(kind, limits ?? HeadLimits.Default);
    private byte[] _buffer = [];
    private int _length;
    private int _emptyLine;
    private HeadStatus _status;

    /// <summary>The head, once <see cref="HeadStatus.Complete"/>: a <see cref="RequestHead"/> or <see cref="ResponseHead"/> by kind.</summary>
    public HttpHead? Head { get; private set; }

    /// <summary>What was wrong, once <see cref="HeadStatus.Failed"/>.</summary>
    public HeadError? Error => _scanner.Error;

    /// <summary>Whether any byte of this head has come: an end of the link before is no truncated head.</summary>
    public bool HasStarted => _length > 0 || _status != HeadStatus.NeedMore;

    internal long BytesExamined => _scanner.BytesExamined;

    internal long BytesCopied { get; private set; }

    /// <summary>Takes what came next. Once complete or failed it takes nothing more until <see cref="Reset"/>.</summary>
    /// <param name="data">Bytes as they came; copied as far as they are kept.</param>
    /// <param name="consumed">Bytes that belong to the head: all of them while more is needed; up to the offending byte when refused.</param>
    public HeadStatus Read(ReadOnlySpan<byte> data, out int consumed)
    {
        consumed = 0;
        if (_status != HeadStatus.NeedMore) return _status;

        int skipped = SkipEmptyLine(data);
        data = data[skipped..];
        int scanned = _scanner.Error is null ? _scanner.Scan(data) : 0;
        consumed = skipped + scanned;
        if (_scanner.Error is not null)
        {
            _buffer = [];
            return _status = HeadStatus.Failed;
        }
        if (!_scanner.IsDone)
        {
            Keep(data);
            return HeadStatus.NeedMore;
        }
        Head = Pack(data[..scanned]);
        _buffer = [];
        return _status = HeadStatus.Complete;
    }

    /// <summary>Ready for the next head, as a client is after an interim response (RFC 9110 §15.2).</summary>
    public void Reset()
    {
        _scanner.Reset();
        _buffer = [];
        _length = 0;
        _emptyLine = 0;
        _status = HeadStatus.NeedMore;
        Head = null;
        BytesCopied = 0;
    }

    /// <summary>One empty line before a request line is passed over, as some clients send it (RFC 9112 §2.2). It is not part of the head.</summary>
    private int SkipEmptyLine(ReadOnlySpan<byte> data)
    {
        int skipped = 0;
        while (kind == HeadKind.Request && _length == 0 && _emptyLine < 2 && skipped < data.Length && data[skipped] == "\r\n"u8[_emptyLine])
        {
            _emptyLine++;
            skipped++;
        }
        if (_emptyLine == 1 && skipped < data.Length) _ = _scanner.Scan("\r"u8); // a CR alone is refused as the first byte of a method is
        return skipped;
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        int needed = _length + data.Length;
        if (needed > _buffer.Length)
        {
            // Doubling keeps the copies linear; the scanner has already refused anything longer than the limit.
            int size = Math.Min(Math.Max(Math.Max(needed, _buffer.Length * 2), SmallestBuffer), Math.Max(needed, _limits.HeadBytes));
            BytesCopied += _length;
            Array.Resize(ref _buffer, size);
        }
        data.CopyTo(_buffer.AsSpan(_length));
        BytesCopied += data.Length;
        _length = needed;
    }

    private HttpHead Pack(ReadOnlySpan<byte> last)
    {
        int textLength = _length + last.Length;
        byte[] packed = GC.AllocateUninitializedArray<byte>(textLength + _scanner.Index.Length);
        _buffer.AsSpan(0, _length).CopyTo(packed);
        last.CopyTo(packed.AsSpan(_length));
        _scanner.Index.CopyTo(packed.AsSpan(textLength));
        BytesCopied += textLength;
        return kind == HeadKind.Request
            ? new RequestHead(packed, textLength, _scanner)
            : new ResponseHead(packed, textLength, _scanner);
    }
}
