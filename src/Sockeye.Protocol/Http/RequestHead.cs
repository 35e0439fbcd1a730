using System.Net;
using Sockeye.Protocol.Http;

namespace Sockeye;

/// <summary>The head of an HTTP request: what a client asked for. Immutable; any number of threads may read it.</summary>
public sealed class RequestHead : HttpHead
{
    private readonly ushort _methodLength;
    private readonly ushort _targetLength;

    internal RequestHead(byte[] packed, int textLength, HeadScanner scanner) : base(packed, textLength, scanner)
    {
        _methodLength = (ushort)scanner.MethodLength;
        _targetLength = (ushort)scanner.TargetLength;
    }

    /// <summary>Makes a head of what another HTTP server has read, to have its handshake verified.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">The request target as it came: path and query.</param>
    /// <param name="headers">The header fields; a name may come several times.</param>
    /// <param name="version">The HTTP version, 1.0 or 1.1; 1.1 by default.</param>
    /// <exception cref="ArgumentException">Something cannot stand in a request head, or all of it is longer than 65,535 bytes.</exception>
    public static RequestHead Create(
        string method, string target, IEnumerable<KeyValuePair<string, string>> headers, Version? version = null)
    {
        ArgumentNullException.ThrowIfNull(headers);
        HeadWriter writer = HeadWriter.Request(method, target);
        foreach ((string name, string value) in headers) writer.Field(name, value);
        byte[] bytes = writer.End();
        if (version == HttpVersion.Version10) bytes[bytes.AsSpan().IndexOf("\r\n"u8) - 1] = (byte)'0';
        else if (version is not null && version != HttpVersion.Version11)
            throw new ArgumentException("The version is 1.0 or 1.1. WebSockets over HTTP/2 have another handshake (RFC 8441).", nameof(version));
        var reader = new HeadReader(HeadKind.Request, HeadLimits.None);
        return reader.Read(bytes, out _) == HeadStatus.Complete
            ? (RequestHead)reader.Head!
            : throw new ArgumentException($"The request cannot be: {reader.Error?.Message}", nameof(headers));
    }

    /// <summary>The method, in the case it came in: GET for every WebSocket.</summary>
    public string Method => MethodBytes.SequenceEqual("GET"u8) ? "GET" : Decode(MethodBytes);

    /// <summary>The request target as it came (RFC 9112 §3.2): "/chat?room=7" as a rule.</summary>
    public string Target => Decode(TargetBytes);

    /// <summary>The path of the target, still percent-encoded; "/" when an absolute target has none, "*" for that target.</summary>
    public string Path
    {
        get
        {
            ReadOnlySpan<byte> path = PathBytes;
            return path.SequenceEqual("/"u8) ? "/" : Decode(path);
        }
    }

    /// <summary>What follows the first '?' of the target, still percent-encoded; "" when there is none.</summary>
    public string Query => Decode(QueryBytes);

    /// <summary>The Host header: the name, and the port unless it is the default one. Null when missing or given twice.</summary>
    public string? Host => TryGetSingle("host"u8, out ReadOnlySpan<byte> host) ? Decode(host) : null;

    /// <summary>The Origin header that browsers send (RFC 6454), called Sec-WebSocket-Origin by some drafts of 2011: the site whose script asks;
    /// "null" for one that is kept secret. Null when there is none, as from other clients.</summary>
    public string? Origin => this["Origin"] ?? this["Sec-WebSocket-Origin"];

    internal ReadOnlySpan<byte> MethodBytes => Text[.._methodLength];

    internal ReadOnlySpan<byte> TargetBytes => Text.Slice(_methodLength + 1, _targetLength);

    internal ReadOnlySpan<byte> PathBytes
    {
        get
        {
            ReadOnlySpan<byte> path = PathAndQuery;
            int question = path.IndexOf((byte)'?');
            if (question >= 0) path = path[..question];
            return path.IsEmpty ? "/"u8 : path;
        }
    }

    internal ReadOnlySpan<byte> QueryBytes
    {
        get
        {
            int question = TargetBytes.IndexOf((byte)'?');
            return question < 0 ? default : TargetBytes[(question + 1)..];
        }
    }

    /// <summary>Takes an absolute target apart (RFC 9112 §3.2.2); false for the other forms.</summary>
    internal bool TryGetAbsolute(out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> authority)
    {
        scheme = authority = default;
        ReadOnlySpan<byte> target = TargetBytes;
        if (target[0] == '/') return false;
        int colon = target.IndexOf("://"u8);
        if (colon <= 0 || target[..colon].IndexOfAny((byte)'?', (byte)'/') >= 0) return false;
        scheme = target[..colon];
        ReadOnlySpan<byte> rest = target[(colon + 3)..];
        int end = rest.IndexOfAny((byte)'/', (byte)'?');
        authority = end < 0 ? rest : rest[..end];
        return true;
    }

    private ReadOnlySpan<byte> PathAndQuery =>
        TryGetAbsolute(out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> authority)
            ? TargetBytes[(scheme.Length + 3 + authority.Length)..]
            : TargetBytes;
}
