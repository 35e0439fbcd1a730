namespace Sockeye.Conformance.Judging;

/// <summary>There is no WebSocket to judge.</summary>
internal sealed class OpeningException(string message) : Exception(message);
