namespace Sockeye.Protocol.Http;

/// <summary>Why a head was refused, and with which status a server says so.</summary>
/// <param name="StatusCode">400, 414, 431 or 505.</param>
/// <param name="Message">One English sentence; never echoes what the peer sent.</param>
internal sealed record HeadError(int StatusCode, string Message);
