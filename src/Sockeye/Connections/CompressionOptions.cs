using Microsoft.Extensions.Logging;
using Sockeye.Diagnostics;
using Sockeye.Protocol.Extensions.Deflate;
using Sockeye.Protocol.Frames;

namespace Sockeye;

/// <summary>
/// How messages are compressed, by permessage-deflate (RFC 7692). The defaults cost no memory while a connection is idle: each message is
/// compressed by itself, by compressors that all connections share. What each setting costs is told in docs/compression.md.
/// </summary>
/// <remarks>
/// Do not send secrets together with text that an attacker can choose: the length of the result tells what they have in common.
/// Such messages are sent with <see cref="MessageFlags.DisableCompression"/>. An end can only ask: see <see cref="WebSocketConnection.Extensions"/> for what was agreed on.
/// </remarks>
public sealed class CompressionOptions
{
    private static int s_told;

    /// <summary>
    /// Whether the server's messages may refer to earlier ones: smaller, but a compressor then lives as long as its connection
    /// (some 240 KiB at the server, and 41 KiB at the client, which keeps a decompressor). False by default.
    /// </summary>
    public bool ServerContextTakeover { get; set; }

    /// <summary>Whether the client's messages may refer to earlier ones; as <see cref="ServerContextTakeover"/>, the other way round. False by default.</summary>
    public bool ClientContextTakeover { get; set; }

    /// <summary>How far back the server's messages may refer: 2 to this power, in bytes; 8 to 15, and 15 by default.</summary>
    public int ServerMaxWindowBits { get; set; } = DeflateParameters.MostWindowBits;

    /// <summary>How far back the client's messages may refer; 8 to 15, and 15 by default. A server's wish is only heard by clients that can do it.</summary>
    public int ClientMaxWindowBits { get; set; } = DeflateParameters.MostWindowBits;

    /// <summary>How hard this end tries: 1, the fastest and the default, to 9.</summary>
    public int Level { get; set; } = 1;

    /// <summary>How much memory a compressor of this end takes beside its window: 1 to 9, and 8 by default.</summary>
    public int MemoryLevel { get; set; } = 8;

    /// <summary>Messages with less payload than this are sent as they are, in bytes; 256 by default. Fragmented ones are compressed whatever their size.</summary>
    public int ThresholdBytes { get; set; } = 256;

    /// <summary>
    /// How many bytes may come of one received byte, once a message has more than 64 KiB; more close with 1009. None by default:
    /// <see cref="WebSocketOptions.MaxMessageBytes"/> always bounds what is inflated, as it is inflated.
    /// </summary>
    public int? MaxExpansionRatio { get; set; }

    /// <summary>Why nothing can be compressed on this machine; null if it can.</summary>
    internal Exception? EngineMissing { get; init; } = DeflateEngine.Missing;

    internal DeflateParameters Wishes => new(!ServerContextTakeover, !ClientContextTakeover, ServerMaxWindowBits, ClientMaxWindowBits);

    /// <summary>These settings as rules of <see cref="WebSocketHandshake"/>; null where this machine cannot compress.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public DeflateRules? ToRules()
    {
        Validate();
        return EngineMissing is not null ? null : new DeflateRules
        {
            ServerContextTakeover = ServerContextTakeover,
            ClientContextTakeover = ClientContextTakeover,
            ServerMaxWindowBits = ServerMaxWindowBits,
            ClientMaxWindowBits = ClientMaxWindowBits,
        };
    }

    /// <summary>The compression that is asked for and possible here; that it is not possible is logged once.</summary>
    internal static CompressionOptions? Usable(WebSocketOptions options, ILogger logger)
    {
        if (options.Compression is not { EngineMissing: { } why })
        {
            return options.Compression;
        }

        if (Interlocked.Exchange(ref s_told, 1) == 0)
        {
            Log.NoDeflate(logger, why);
        }

        return null;
    }

    internal MessageDeflater MakeDeflater(Role role, DeflateParameters agreed) =>
        new(new DeflaterSettings(Level, agreed.WindowBits(role), MemoryLevel), agreed.KeepsContext(role), ThresholdBytes);

    internal void Validate()
    {
        Check(ServerMaxWindowBits, 8, 15, nameof(ServerMaxWindowBits));
        Check(ClientMaxWindowBits, 8, 15, nameof(ClientMaxWindowBits));
        Check(Level, 1, 9, nameof(Level));
        Check(MemoryLevel, 1, 9, nameof(MemoryLevel));
        Check(ThresholdBytes, 0, int.MaxValue, nameof(ThresholdBytes));
        Check(MaxExpansionRatio ?? 1, 1, int.MaxValue, nameof(MaxExpansionRatio));
    }

    private static void Check(int value, int least, int most, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
    }
}
