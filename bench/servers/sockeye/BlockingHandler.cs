using Bench.Shared;

namespace Sockeye.Bench;

/// <summary>Echoes; a message may tell it to block before.</summary>
internal sealed class BlockingHandler : WebSocketHandler
{
    private readonly EchoHandler _echo = new();

    public override void OnMessage(WebSocketConnection connection, ReadOnlySpan<byte> payload, MessageType type)
    {
        Blocking.Obey(payload);
        _echo.OnMessage(connection, payload, type);
    }
}
