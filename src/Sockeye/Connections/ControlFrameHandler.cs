namespace Sockeye;

/// <summary>Sees a control frame that arrived. It runs on the thread that reads: it must not block, and the payload ends with the call.</summary>
/// <param name="connection">Where it arrived.</param>
/// <param name="opcode">Ping, pong or close.</param>
/// <param name="payload">At most 125 bytes.</param>
public delegate void ControlFrameHandler(WebSocketConnection connection, Opcode opcode, ReadOnlySpan<byte> payload);
