using System.Buffers.Text;

namespace Bench.Shared;

/// <summary>What a careless handler does: it holds its thread, for as long as the message says.</summary>
internal static class Blocking
{
    /// <summary>Sleeps N milliseconds if the message is "block N"; returns at once otherwise.</summary>
    public static void Obey(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("block "u8) && Utf8Parser.TryParse(message[6..], out int milliseconds, out _))
        {
            Thread.Sleep(milliseconds);
        }
    }
}
