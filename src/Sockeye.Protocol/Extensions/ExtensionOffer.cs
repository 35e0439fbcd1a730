namespace Sockeye.Protocol.Extensions;

/// <summary>One element of a Sec-WebSocket-Extensions list: what a client offers or a server agreed to (RFC 6455 §9.1).</summary>
/// <param name="Name">The extension: a token.</param>
/// <param name="Parameters">Its parameters in order; a name may come twice, which is for the extension to judge.</param>
internal sealed record ExtensionOffer(string Name, IReadOnlyList<ExtensionParameter> Parameters);
