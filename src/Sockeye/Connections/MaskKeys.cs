using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sockeye.Connections;

/// <summary>
/// Mask keys for a client's frames: a new one for every frame, from the cryptographic source (RFC 6455 §5.3, §10.3),
/// drawn in batches since one draw costs more than a small frame.
/// </summary>
internal static class MaskKeys
{
    private const int BatchBytes = 1024;

    [ThreadStatic]
    private static byte[]? t_batch;

    [ThreadStatic]
    private static int t_used;

    public static uint Next()
    {
        byte[] batch = t_batch ??= new byte[BatchBytes];
        if (t_used == 0)
        {
            RandomNumberGenerator.Fill(batch);
        }

        uint key = BinaryPrimitives.ReadUInt32LittleEndian(batch.AsSpan(t_used));
        t_used = (t_used + sizeof(uint)) % BatchBytes;
        return key;
    }
}
