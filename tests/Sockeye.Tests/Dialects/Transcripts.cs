using System.Text;

namespace Sockeye.Tests.Dialects;

/// <summary>What went over the wire in 2010, byte by byte, as the drafts print it.</summary>
internal static class Transcripts
{
    public const string Hixie75Request =
        "GET /demo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: example.com\r\nOrigin: http://example.com\r\n" +
        "WebSocket-Protocol: sample\r\n\r\n";

    public const string Hixie75Response =
        "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
        "WebSocket-Origin: http://example.com\r\nWebSocket-Location: ws://example.com/demo\r\nWebSocket-Protocol: sample\r\n\r\n";

    public const string Hixie76Head =
        "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n" +
        "Sec-WebSocket-Protocol: sample\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nOrigin: http://example.com\r\n\r\n";

    public const string Hixie76Key3 = "^n:ds[4U";

    public const string Hixie76ResponseHead =
        "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Origin: http://example.com\r\nSec-WebSocket-Location: ws://example.com/demo\r\nSec-WebSocket-Protocol: sample\r\n\r\n";

    public const string Hixie76Answer = "8jKS'y:G*Co,Wxa-";

    public static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    public static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
