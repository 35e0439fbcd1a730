using System.Text;
using Sockeye.Connections;
using Sockeye.Protocol.Extensions.Deflate;

namespace Sockeye;

/// <summary>
/// A message that is sent to many connections: its text is encoded once, and it is compressed once for all connections that agreed on the
/// same window, not once for each. It does not change, and any number of threads may send it at once.
/// </summary>
/// <remarks>
/// It refers to no earlier message. A connection whose messages may do so forgets what it sent so far when it sends a prepared one.
/// </remarks>
public sealed class PreparedMessage
{
    private readonly byte[] _payload;
    private readonly MessageFlags _flags;
    private readonly Lock _lock = new();
    private volatile Variant[] _variants = [];

    /// <summary>Prepares a text message.</summary>
    /// <param name="text">The text; unpaired surrogates become U+FFFD.</param>
    /// <param name="flags">What holds for it.</param>
    public PreparedMessage(string text, MessageFlags flags = MessageFlags.None)
    {
        ArgumentNullException.ThrowIfNull(text);
        (_payload, Type, _flags) = (Encoding.UTF8.GetBytes(text), MessageType.Text, flags);
    }

    /// <summary>Prepares a message of bytes, which are copied.</summary>
    /// <param name="payload">The bytes; of a text message, valid UTF-8.</param>
    /// <param name="type">Text or binary.</param>
    /// <param name="flags">What holds for it.</param>
    /// <exception cref="ArgumentException">A text's bytes are not valid UTF-8, or the type is no message's.</exception>
    public PreparedMessage(ReadOnlySpan<byte> payload, MessageType type, MessageFlags flags = MessageFlags.None)
    {
        Sender.CheckPayload(type, payload);
        (_payload, Type, _flags) = (payload.ToArray(), type, flags);
    }

    /// <summary>Text or binary.</summary>
    public MessageType Type { get; }

    /// <summary>Bytes of payload, uncompressed.</summary>
    public int Length => _payload.Length;

    internal ReadOnlyMemory<byte> Payload => _payload;

    /// <summary>The message as such a connection sends it; null if that is as it is.</summary>
    internal byte[]? For(MessageDeflater? deflater)
    {
        if (deflater is null || _payload.Length < deflater.Threshold || (_flags & MessageFlags.DisableCompression) != 0)
        {
            return null;
        }

        var settings = deflater.Settings;
        return Find(_variants, settings, out byte[]? found) ? found : Make(settings);
    }

    private static bool Find(Variant[] variants, DeflaterSettings settings, out byte[]? compressed)
    {
        foreach (var variant in variants)
        {
            if (variant.Settings == settings)
            {
                compressed = variant.Compressed;
                return true;
            }
        }

        compressed = null;
        return false;
    }

    private byte[]? Make(DeflaterSettings settings)
    {
        lock (_lock)
        {
            if (!Find(_variants, settings, out byte[]? compressed))
            {
                compressed = MessageDeflater.Prepare(_payload, settings);
                _variants = [.. _variants, new Variant(settings, compressed)];
            }

            return compressed;
        }
    }

    /// <param name="Settings">Whose it is.</param>
    /// <param name="Compressed">Null if it does not get smaller.</param>
    private sealed record Variant(DeflaterSettings Settings, byte[]? Compressed);
}
