using Sockeye.Protocol.Extensions;

namespace Sockeye.Protocol.Handshake;

/// <summary>What <see cref="ClientHandshake.Verify"/> found.</summary>
/// <param name="Error">The cause, or <see cref="ClientHandshakeError.None"/>.</param>
/// <param name="Message">What is wrong, in English; "" when nothing is.</param>
/// <param name="SubProtocol">The subprotocol the server chose among ours; null for none.</param>
/// <param name="Extensions">The extensions the server agreed to, all of them offered; their parameters are still to be judged.</param>
internal sealed record ClientHandshakeResult(
    ClientHandshakeError Error, string Message, string? SubProtocol, IReadOnlyList<ExtensionOffer> Extensions)
{
    public bool Success => Error == ClientHandshakeError.None;
}
