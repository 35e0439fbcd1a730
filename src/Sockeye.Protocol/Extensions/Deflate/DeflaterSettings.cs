namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>How a compressor is set: what two must share to give the same bytes.</summary>
/// <param name="Level">1, the fastest, to 9.</param>
/// <param name="WindowBits">The window that was agreed on, 8 to 15.</param>
/// <param name="MemoryLevel">1 to 9.</param>
internal readonly record struct DeflaterSettings(int Level, int WindowBits, int MemoryLevel);
