namespace Sockeye.Protocol.Frames;

/// <summary>The head of one frame (RFC 6455 §5.2).</summary>
/// <param name="Opcode">The frame's type.</param>
/// <param name="Fin">Whether the message ends with it.</param>
/// <param name="ReservedBits">RSV1 to RSV3, where they stand in the first byte (0x70).</param>
/// <param name="PayloadLength">Payload bytes.</param>
/// <param name="MaskKey">The mask, as its four bytes read in little-endian order; 0 masks nothing.</param>
/// <param name="Size">Bytes that the head itself took (2 to 14).</param>
internal readonly record struct FrameHeader(
    Opcode Opcode, bool Fin, byte ReservedBits, long PayloadLength, uint MaskKey, int Size)
{
    /// <summary>The longest head: two bytes, a 64-bit length, a mask.</summary>
    public const int MaxSize = 14;

    /// <summary>The longest payload of a control frame (RFC 6455 §5.5).</summary>
    public const int MaxControlPayload = 125;

    public bool IsControl => Opcode >= Opcode.Close;
}
