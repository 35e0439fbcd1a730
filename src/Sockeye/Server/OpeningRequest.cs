using System.Net;

namespace Sockeye;

/// <summary>A valid opening handshake that passed the origin, host, path and subprotocol rules, before it is answered.</summary>
/// <param name="Head">The request's head.</param>
/// <param name="RemoteEndPoint">The client's address, where it has one.</param>
/// <param name="LocalEndPoint">The address it came to, where there is one.</param>
/// <param name="IsSecure">Whether it came over TLS.</param>
/// <param name="OfferedSubProtocols">What the client offers, its favourite first.</param>
/// <param name="SubProtocol">What the server's settings chose among them; a decision may choose another.</param>
public sealed record OpeningRequest(
    RequestHead Head,
    EndPoint? RemoteEndPoint,
    EndPoint? LocalEndPoint,
    bool IsSecure,
    IReadOnlyList<string> OfferedSubProtocols,
    string? SubProtocol);
