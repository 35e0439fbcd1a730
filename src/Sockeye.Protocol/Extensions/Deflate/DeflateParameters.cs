using System.Globalization;
using System.Text;
using Sockeye.Protocol.Frames;

namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>The four parameters of permessage-deflate (RFC 7692 §7.1): what an end wishes, and what two ends agreed on.</summary>
/// <param name="ServerNoContextTakeover">The server begins each message with an empty window.</param>
/// <param name="ClientNoContextTakeover">The client does.</param>
/// <param name="ServerMaxWindowBits">The server's window is at most 2 to this power, in bytes; 8 to 15.</param>
/// <param name="ClientMaxWindowBits">The client's.</param>
internal readonly record struct DeflateParameters(
    bool ServerNoContextTakeover, bool ClientNoContextTakeover, int ServerMaxWindowBits, int ClientMaxWindowBits)
{
    public const string ExtensionName = "permessage-deflate";
    public const int LeastWindowBits = 8;
    public const int MostWindowBits = 15;

    /// <summary>Whether this role's compressor may refer to earlier messages.</summary>
    public bool KeepsContext(Role role) => role == Role.Server ? !ServerNoContextTakeover : !ClientNoContextTakeover;

    /// <summary>The window of this role's compressor.</summary>
    public int WindowBits(Role role) => role == Role.Server ? ServerMaxWindowBits : ClientMaxWindowBits;

    /// <summary>As an answer, or as an offer from an end that needs no more than this; windows of 15 bits are left out.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(ExtensionName);
        text.Append(ServerNoContextTakeover ? "; server_no_context_takeover" : "");
        text.Append(ClientNoContextTakeover ? "; client_no_context_takeover" : "");
        if (ServerMaxWindowBits < MostWindowBits)
        {
            text.Append(CultureInfo.InvariantCulture, $"; server_max_window_bits={ServerMaxWindowBits}");
        }

        if (ClientMaxWindowBits < MostWindowBits)
        {
            text.Append(CultureInfo.InvariantCulture, $"; client_max_window_bits={ClientMaxWindowBits}");
        }

        return text.ToString();
    }
}
