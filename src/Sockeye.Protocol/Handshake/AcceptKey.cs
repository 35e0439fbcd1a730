using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sockeye;

/// <summary>The proof that a server understood a WebSocket handshake: Sec-WebSocket-Accept from Sec-WebSocket-Key (RFC 6455 §1.3).</summary>
public static class AcceptKey
{
    /// <summary>Characters of a key: 16 bytes in base64.</summary>
    internal const int KeyLength = 24;

    /// <summary>Characters of an accept value: 20 bytes in base64.</summary>
    internal const int Length = 28;

    private static readonly SearchValues<byte> Base64Bytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>The Sec-WebSocket-Accept value that answers a Sec-WebSocket-Key: base64 of the SHA-1 of the key and a fixed GUID.</summary>
    /// <param name="key">The key as sent: 24 characters of base64.</param>
    /// <exception cref="ArgumentException">The key is not 16 bytes in base64.</exception>
    public static string Compute(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!IsValidKey(key)) throw new ArgumentException("The key is not 16 bytes in base64.", nameof(key));
        Span<byte> keyBytes = stackalloc byte[KeyLength];
        Span<byte> accept = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(key, keyBytes);
        Compute(keyBytes, accept);
        return Encoding.ASCII.GetString(accept);
    }

    /// <summary>Whether this is a Sec-WebSocket-Key: exactly 24 characters of canonical base64, which is 16 bytes (RFC 6455 §4.1).</summary>
    /// <param name="key">The key as sent; null is none.</param>
    public static bool IsValidKey(string? key)
    {
        if (key is not { Length: KeyLength } || !Ascii.IsValid(key)) return false;
        Span<byte> bytes = stackalloc byte[KeyLength];
        Encoding.ASCII.GetBytes(key, bytes);
        return IsValidKey(bytes);
    }

    // 16 bytes are 21 whole characters, one whose last four bits are spare and must be zero, and two of padding.
    internal static bool IsValidKey(ReadOnlySpan<byte> key) =>
        key.Length == KeyLength
        && key[..21].IndexOfAnyExcept(Base64Bytes) < 0
        && key[21] is (byte)'A' or (byte)'Q' or (byte)'g' or (byte)'w'
        && key[22] == '=' && key[23] == '=';

    /// <summary>Writes the 28 bytes of the accept value for a key of 24 bytes; allocates nothing.</summary>
    internal static void Compute(ReadOnlySpan<byte> key, Span<byte> accept)
    {
        ReadOnlySpan<byte> guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;
        Span<byte> proof = stackalloc byte[KeyLength + 36];
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        key.CopyTo(proof);
        guid.CopyTo(proof[KeyLength..]);
#pragma warning disable CA5350 // SHA-1 is what RFC 6455 §1.3 names; it proves understanding here, it guards nothing
        SHA1.HashData(proof, hash);
#pragma warning restore CA5350
        System.Buffers.Text.Base64.EncodeToUtf8(hash, accept, out _, out _);
    }
}
