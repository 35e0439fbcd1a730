using BenchmarkDotNet.Attributes;
using Sockeye.Protocol.Http;

namespace Sockeye.Micro;

/// <summary>Parsing an upgrade request as a browser sends it.</summary>
[MemoryDiagnoser]
public class RequestHeadBenchmarks
{
    private static ReadOnlySpan<byte> Request =>
        "GET /chat?room=1 HTTP/1.1\r\nHost: localhost:8080\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\n"u8 +
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\r\nUpgrade: websocket\r\n"u8 +
        "Origin: http://localhost:8080\r\nSec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br\r\n"u8 +
        "Accept-Language: en-US,en;q=0.9\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8;

    [Benchmark]
    public int InOnePiece()
    {
        new HeadReader(HeadKind.Request).Read(Request, out int consumed);
        return consumed;
    }

    [Benchmark]
    public int InTwoPieces()
    {
        var reader = new HeadReader(HeadKind.Request);
        int cut = Request.Length / 2;
        reader.Read(Request[..cut], out _);
        reader.Read(Request[cut..], out int consumed);
        return consumed;
    }
}
